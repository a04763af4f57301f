using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// One list of servers as statements. Filter, order, marker and limit are part of them, so a page costs what is on it; a text that only a predicate can judge is read, without the rest of its row,
/// until the page is full.
/// </summary>
internal sealed class InstanceList
{
    private readonly Session _session;
    private readonly List<string> _where = [];
    private readonly List<(string Name, object? Value)> _parameters = [];
    private readonly IReadOnlyList<(ListColumn Column, bool Descending)> _keys;
    private readonly Func<string, bool>? _name;
    private readonly Func<string, bool>? _address4;
    private readonly Func<string, bool>? _address6;

    public InstanceList(Session session, InstanceFilter filter, InstanceOrder order)
    {
        _session = session;
        _keys = KeysOf(order);
        (_name, _address4, _address6) = (filter.Name?.Matches, filter.Address4?.Matches, filter.Address6?.Matches);
        Narrow(filter);
    }

    public async Task<List<Instance>> PageAsync(Instance? marker, int limit, CancellationToken cancel)
    {
        if (limit == 0)
        {
            return [];
        }

        var where = _where.ToList();
        if (marker is not null)
        {
            where.Add(After(marker));
        }

        var condition = where.Count == 0 ? "" : $" where {string.Join(" and ", where)}";
        var order = string.Join(", ", _keys.Select(key => $"{key.Column.Sorted(_session.Sql.Postgres)} {(key.Descending ? "desc" : "asc")}"));
        return (_name ?? _address4 ?? _address6) is null
            ? await _session.Sql.ListAsync($"select i.* from instances i{condition} order by {order} limit {Parameter(limit)}", Instances.Read, cancel, [.. _parameters])
            : await RowsAsync(await JudgedAsync(condition, order, limit, cancel), cancel);
    }

    /// <summary>Ids of the first servers that the predicates let through.</summary>
    private Task<List<string>> JudgedAsync(string condition, string order, int limit, CancellationToken cancel)
    {
        var addresses = (_address4 ?? _address6) is null ? "null" : "(select string_agg(f.address, ' ') from fixed_ips f where f.instance_uuid = i.uuid and f.allocated = 1)";
        return _session.Sql.TakeAsync(
            $"select i.uuid, i.display_name, {addresses} as addresses from instances i{condition} order by {order}",
            r => IsMeant(r.Text("display_name"), r.TextOrNull("addresses")?.Split(' ') ?? []) ? r.Text("uuid") : null,
            limit,
            cancel,
            [.. _parameters]);
    }

    private bool IsMeant(string name, string[] addresses) => _name?.Invoke(name) != false
        && (_address4 is null || Array.Exists(addresses, a => !a.Contains(':', StringComparison.Ordinal) && _address4(a)))
        && (_address6 is null || Array.Exists(addresses, a => a.Contains(':', StringComparison.Ordinal) && _address6(a)));

    private async Task<List<Instance>> RowsAsync(List<string> uuids, CancellationToken cancel)
    {
        var found = (await _session.Sql.ListAsync($"select * from instances where {_session.Sql.IsOneOf("uuid", "uuids")}", Instances.Read, cancel, ("uuids", uuids.ToArray())))
            .ToDictionary(i => i.Uuid.ToString("D"));
        return uuids.ConvertAll(uuid => found[uuid]);
    }

    private void Narrow(InstanceFilter filter)
    {
        if (filter.Deleted is { } deleted)
        {
            _where.Add(deleted ? "i.vm_state = 'deleted'" : $"i.{Instances.Live}");
        }

        foreach (var (column, value) in filter.Exactly)
        {
            _where.Add($"i.{ListColumn.Of(column).Name} = {Parameter(value)}");
        }

        if (filter.Statuses.Count > 0)
        {
            _where.Add($"({string.Join(" or ", filter.Statuses.SelectMany(ServerStatus.StatesOf).Select(StateIs).DefaultIfEmpty("1 = 0"))})");
        }

        if (filter.ChangedSince is { } since)
        {
            _where.Add($"i.updated_at >= {Parameter(since)}");
        }

        if (filter.Name is { Matches: null } name)
        {
            _where.Add(Looks("i.display_name", name));
        }

        NarrowByAddress(filter.Address4, v4: true);
        NarrowByAddress(filter.Address6, v4: false);
        NarrowByTags(filter);
    }

    private string StateIs((string VmState, IReadOnlyList<string> Tasks, bool Except) state)
    {
        var vm = $"i.vm_state = {Parameter(state.VmState)}";
        if (state.Tasks.Count == 0)
        {
            return vm;
        }

        var tasks = $"in ({string.Join(',', state.Tasks.Select(Parameter))})";
        return state.Except ? $"({vm} and (i.task_state is null or i.task_state not {tasks}))" : $"({vm} and i.task_state {tasks})";
    }

    private void NarrowByAddress(TextMatch? match, bool v4)
    {
        if (match is { Matches: null })
        {
            // The key of an IPv4 address is that of its mapped IPv6 one; what tells them apart in text is the colon.
            var family = $"{(_session.Sql.Postgres ? "strpos" : "instr")}(f.address, ':') {(v4 ? "=" : ">")} 0";
            _where.Add($"exists (select 1 from fixed_ips f where f.instance_uuid = i.uuid and f.allocated = 1 and {family} and {Looks("f.address", match)})");
        }
    }

    private void NarrowByTags(InstanceFilter filter)
    {
        if (filter.Tags.Count > 0)
        {
            _where.Add(HasTags(filter.Tags));
        }

        if (filter.TagsAny.Count > 0)
        {
            _where.Add(HasTag(filter.TagsAny));
        }

        if (filter.NotTags.Count > 0)
        {
            _where.Add($"not {HasTags(filter.NotTags)}");
        }

        if (filter.NotTagsAny.Count > 0)
        {
            _where.Add($"not {HasTag(filter.NotTagsAny)}");
        }
    }

    /// <summary>All of them. They are counted, since SQLite takes no condition that is a thousand deep.</summary>
    private string HasTags(IReadOnlyList<string> tags)
    {
        var distinct = tags.Distinct(StringComparer.Ordinal).ToList();
        return $"((select count(*) from instance_tags t where t.instance_uuid = i.uuid and t.tag in ({string.Join(',', distinct.Select(Parameter))})) = {distinct.Count})";
    }

    /// <summary>Any of them.</summary>
    private string HasTag(IReadOnlyList<string> tags) =>
        $"exists (select 1 from instance_tags t where t.instance_uuid = i.uuid and t.tag in ({string.Join(',', tags.Select(Parameter))}))";

    /// <summary>Not LIKE, which is deaf to case in SQLite and has characters of its own.</summary>
    private string Looks(string column, TextMatch match)
    {
        var piece = Parameter(match.Piece);
        return (match.AtStart, match.AtEnd) switch
        {
            (true, true) => $"{column} = {piece}",
            (true, false) => $"substr({column}, 1, length({piece})) = {piece}",
            (false, true) => $"substr({column}, length({column}) - length({piece}) + 1) = {piece}",
            _ => $"{(_session.Sql.Postgres ? "strpos" : "instr")}({column}, {piece}) > 0",
        };
    }

    /// <summary>Behind the marker in the list's order: further in some key, and equal in all before that one.</summary>
    private string After(Instance marker)
    {
        var (ways, equal) = (new List<string>(), new List<string>());
        var first = "";
        foreach (var (column, descending) in _keys)
        {
            var (sorted, value) = (column.Sorted(_session.Sql.Postgres), Parameter(column.ValueOf(marker)));
            first = first.Length > 0 ? first : $"{sorted} {(descending ? "<=" : ">=")} {value}";
            ways.Add($"({string.Join(" and ", [.. equal, $"{sorted} {(descending ? '<' : '>')} {value}"])})");
            equal.Add($"{sorted} = {value}");
        }

        // Said once more of the first key alone: from that the database sees where in an index to begin.
        return $"{first} and ({string.Join(" or ", ways)})";
    }

    private static IReadOnlyList<(ListColumn, bool)> KeysOf(InstanceOrder order)
    {
        var keys = order.Keys.DistinctBy(key => key.Column).Select(key => (ListColumn.Of(key.Column), key.Descending)).ToList();
        var descending = keys.Count == 0 || keys[0].Descending;
        if (!order.Keys.Any(key => key.Column == InstanceColumn.CreatedAt))
        {
            keys.Add((ListColumn.Of(InstanceColumn.CreatedAt), descending));
        }

        return [.. keys, (ListColumn.Id, descending)];
    }

    private string Parameter(object? value)
    {
        var name = $"p{_parameters.Count}";
        _parameters.Add((name, value));
        return "@" + name;
    }
}
