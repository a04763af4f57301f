using Bridgehead.Netlink;

namespace Bridgehead.Host;

/// <summary>A rule of anybody's in nft's words, as far as its parts are known here; what is not known stands as the kernel names it.</summary>
public static class ExpressionText
{
    private const string ProtocolTest = "meta l4proto ";

    /// <summary>As <c>nft list</c> would print most rules. Anonymous sets keep the kernel's names.</summary>
    public static string Of(IReadOnlyList<Expression> expressions)
    {
        var (registers, parts) = (new Registers(), new List<string>());
        foreach (var text in expressions.Select(expression => Of(registers, expression)).Where(text => text.Length > 0))
        {
            Add(parts, text, registers.Transport);
        }

        return string.Join(' ', parts);
    }

    /// <summary>The test of the protocol that a field implies is not told besides it, and two limits of one field are a range.</summary>
    private static void Add(List<string> parts, string text, string? transport)
    {
        var last = parts.LastOrDefault() ?? "";
        if (transport is not null && text.StartsWith($"{transport} ", StringComparison.Ordinal) && last.StartsWith(ProtocolTest, StringComparison.Ordinal))
        {
            parts[^1] = text;
        }
        else if (last.Split(" >= ") is [var name, var first] && text.StartsWith($"{name} <= ", StringComparison.Ordinal))
        {
            parts[^1] = $"{name} {first}-{text[(name.Length + " <= ".Length)..]}";
        }
        else
        {
            parts.Add(text);
        }
    }

    private static string Of(Registers registers, Expression expression)
    {
        switch (expression)
        {
            case Expression.Payload or Expression.Meta or Expression.Conntrack:
                registers.Load(LoadedField.Of(expression));
                return "";
            case Expression.Immediate immediate:
                registers.Load(new LoadedField("", LoadedKind.Constant, immediate.Value));
                return "";
            case Expression.Bitwise bitwise:
                registers.Mask(bitwise.Mask);
                return "";
            case Expression.Compare compare:
                var text = registers.Take().Of(registers.Transport).Compared(Sign(compare.Operator), compare.Value);
                registers.Note(text);
                return text;
            case Expression.Range range:
                var ranged = registers.Take().Of(registers.Transport);
                return $"{ranged.Name} {(range.Inverted ? "!= " : "")}{ranged.Value(range.First)}-{ranged.Value(range.Last)}";
            case Expression.Lookup lookup:
                return $"{registers.TakeAll()} {(lookup.Inverted ? "!= " : "")}@{lookup.Set}";
            case Expression.Map { To: var to } map when to == Register.Verdict:
                return $"{registers.TakeAll()} vmap @{map.Set}";
            case Expression.Map map:
                registers.Load(new LoadedField($"{registers.TakeAll()} map @{map.Set}", LoadedKind.Mapped, null));
                return "";
            default:
                return Done(registers, expression);
        }
    }

    private static string Done(Registers registers, Expression expression) => expression switch
    {
        Expression.SetMeta meta => $"meta {LoadedField.NameOf(meta.Key)} set {registers.TakeConstant(meta.Key == MetaKey.Mark ? LoadedKind.Mark : LoadedKind.Plain)}",
        Expression.Nat nat => Translated(nat.Kind == NatKind.Source ? "snat to" : "dnat to", registers, hasAddress: nat.Address is not null, hasPort: nat.Port is not null),
        Expression.Redirect redirect => redirect.Port is null ? "redirect" : Translated("redirect to", registers, hasAddress: false, hasPort: true),
        Expression.Masquerade => "masquerade",
        Expression.Counter => "counter",
        Expression.Decide decide => decide.Verdict.ToString(),
        Expression.Other other => $"[{other.Name}]",
        _ => throw new NotSupportedException($"no words for {expression}"),
    };

    private static string Translated(string verb, Registers registers, bool hasAddress, bool hasPort)
    {
        var parts = registers.TakeConstants();
        var address = hasAddress ? parts.FirstOrDefault()?.Constant(LoadedKind.Address) : "";
        var port = hasPort ? $":{parts.LastOrDefault()?.Constant(LoadedKind.Number)}" : "";
        return $"{verb} {address}{port}";
    }

    private static string Sign(CompareOperator sign) => sign switch
    {
        CompareOperator.Equal => "",
        CompareOperator.NotEqual => "!= ",
        CompareOperator.Less => "< ",
        CompareOperator.LessOrEqual => "<= ",
        CompareOperator.Greater => "> ",
        _ => ">= ",
    };

    /// <summary>What was loaded and not used yet. Rules load, and use at once, so the order says what belongs together.</summary>
    private sealed class Registers
    {
        private readonly List<LoadedField> _loaded = [];
        private LoadedField? _last;

        /// <summary>The transport protocol that was tested, as fields of it begin: <c>tcp</c>, <c>icmpv6</c>.</summary>
        public string? Transport { get; private set; }

        public void Note(string test)
        {
            if (test.StartsWith(ProtocolTest, StringComparison.Ordinal))
            {
                Transport = test[ProtocolTest.Length..] switch { "ipv6-icmp" => "icmpv6", var name and ("tcp" or "udp" or "icmp") => name, _ => null };
            }
        }

        public void Load(LoadedField field) => _loaded.Add(field);

        public void Mask(RegisterValue mask)
        {
            if (_loaded.Count > 0)
            {
                _loaded[^1] = _loaded[^1] with { Mask = mask };
            }
        }

        /// <summary>The last field; a range is two comparisons of one load.</summary>
        public LoadedField Take()
        {
            if (_loaded.Count > 0)
            {
                _last = _loaded[^1];
                _loaded.Clear();
            }

            return _last ?? new LoadedField("?", LoadedKind.Plain, null);
        }

        public string TakeAll()
        {
            var text = string.Join(" . ", _loaded.Select(field => field.Name));
            _loaded.Clear();
            return text;
        }

        public string TakeConstant(LoadedKind kind) => TakeConstants().LastOrDefault()?.Constant(kind) ?? "?";

        public List<LoadedField> TakeConstants()
        {
            List<LoadedField> all = [.. _loaded];
            _loaded.Clear();
            return all;
        }
    }
}
