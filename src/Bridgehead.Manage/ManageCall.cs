using System.Globalization;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>One call of an action: its parameters, the settings, the store (opened when first used) and where to write.</summary>
internal sealed class ManageCall(IReadOnlyDictionary<string, string> values, TextWriter output, TextWriter error, TimeProvider clock, CancellationToken cancel) : IAsyncDisposable
{
    private Database? _store;

    public TextWriter Output => output;

    public TextWriter Error => error;

    public CancellationToken Cancel => cancel;

    public TimeProvider Clock => clock;

    /// <summary>All words of an action that takes any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public SettingsResult? Read { get; init; }

    /// <summary>Null where the program has no way to look at the host.</summary>
    public IHostInspection? Inspection { get; init; }

    /// <summary>Columns of the terminal that is written to; null when it is no terminal.</summary>
    public int? Columns { get; init; }

    public NovaSettings Settings => Read?.Settings ?? throw new InvalidOperationException("an action that uses settings says so");

    /// <summary>The parameter's text; null when it was not given.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>A whole number, when given.</summary>
    public Outcome<int?> Number(string name)
    {
        if (this[name] is not { } text)
        {
            return (int?)null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : Problem.Bad($"{name} must be a whole number, not '{text}'.");
    }

    public async Task<Database> StoreAsync() => _store ??= await Database.OpenAsync(Settings.Connection, clock, cancel);

    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> work) => await (await StoreAsync()).ReadAsync(work, cancel);

    /// <summary>Writes the problem for the operator.</summary>
    public int Refuse(string sentence, int code = 1)
    {
        error.WriteLine($"error: {sentence}");
        return code;
    }

    /// <summary>The exit code of an outcome whose value nobody prints.</summary>
    public int End<T>(Outcome<T> outcome) => outcome.Problem is { } problem ? Refuse(problem.Message) : 0;

    /// <summary>The id of the project named by a parameter, by its id or name.</summary>
    public async Task<Outcome<string?>> ProjectAsync(string parameter)
    {
        if (this[parameter] is not { } text)
        {
            return (string?)null;
        }

        if (Settings.Keystone.AuthUrl is { } keystone)
        {
            return text.Length == 32 && text.All(char.IsAsciiHexDigitLower) ? text : Problem.Bad($"'{text}' is not the id of a project: their names are known at {keystone}.");
        }

        var project = await ReadAsync(async s => await s.Identities.ProjectAsync(text, cancel) ?? await s.Identities.ProjectByNameAsync(Domain.DefaultId, text, cancel));
        return project is null ? Problem.Missing($"There is no project '{text}'.") : project.Id;
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }
}
