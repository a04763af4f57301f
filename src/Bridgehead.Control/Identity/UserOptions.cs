using System.Text.Json;
using System.Text.Json.Nodes;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>
/// How accounts behave (identity v3's options of users). Passwords here do not expire, need not be changed at first, and are not locked out after failures: what switches that off may be said. An account cannot be
/// told to want a second factor, of which there is none.
/// </summary>
public static class UserOptions
{
    private const string LockPassword = "lock_password";
    private const string SecondFactor = "multi_factor_auth_enabled";
    private const string Rules = "multi_factor_auth_rules";
    private static readonly string[] Flags = ["ignore_change_password_upon_first_use", "ignore_password_expiry", "ignore_lockout_failure_attempts", LockPassword, SecondFactor];

    /// <summary>The options with the changes over them; null takes one away.</summary>
    public static Outcome<string> Merge(string before, string changes)
    {
        if (changes == "{}")
        {
            return before;
        }

        var (options, changed) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(changes)!.AsObject());
        foreach (var (name, value) in changed.ToList())
        {
            if (Wrong(name, value) is { } wrong)
            {
                return wrong;
            }

            changed.Remove(name);
            options.Remove(name);
            if (value is not null)
            {
                options[name] = value;
            }
        }

        return options.ToJsonString();
    }

    /// <summary>Whether only administrators change the user's password.</summary>
    public static bool LocksPassword(string options) => JsonNode.Parse(options)![LockPassword]?.GetValueKind() == JsonValueKind.True;

    private static Problem? Wrong(string name, JsonNode? value)
    {
        if (name == Rules)
        {
            return value is null || IsRules(value) ? null : Problem.Bad($"The option {name} must be a list of lists of authentication methods.");
        }

        if (!Flags.Contains(name))
        {
            return Problem.Bad($"The option {name} is not supported.");
        }

        return value is not null && value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False) ? Problem.Bad($"The option {name} must be true, false or null.")
            : name == SecondFactor && value?.GetValueKind() == JsonValueKind.True ? Problem.Bad($"The option {name} is not supported: there is no second factor to log in with.")
            : null;
    }

    private static bool IsRules(JsonNode value) => value is JsonArray { Count: <= 32 } rules
        && rules.All(rule => rule is JsonArray { Count: > 0 and <= 8 } methods && methods.All(method => method?.GetValueKind() == JsonValueKind.String && method.GetValue<string>().Length <= 255));
}
