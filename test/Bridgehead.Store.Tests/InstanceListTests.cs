using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Testing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Lists of servers against a model that has them all in memory: any filter, order and page.</summary>
public sealed class InstanceListTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string[] Names = ["a", "ab", "Ab", "b%", "b_", "zé", "über", "a-b", "ab.c"];
    private static readonly string[] Tags = ["red", "blue", "green"];
    private static readonly string?[] Tasks = [null, null, TaskState.Rebooting, TaskState.RebootingHard, TaskState.Rebuilding, TaskState.Resizing, TaskState.PoweringOff];
    private static readonly string[] States = [VmState.Active, VmState.Active, VmState.Stopped, VmState.Building, VmState.Error, VmState.Paused, VmState.Suspended, VmState.Resized, VmState.Deleted];

    private static readonly Gen<Wish[]> Crowd = Gen.Select(
        Gen.Int[0, 1000], Gen.Int[0, Names.Length - 1], Gen.Int[0, States.Length - 1], Gen.Int[0, Tasks.Length - 1], Gen.Int[0, 7], Gen.Int[0, 2], (n, name, state, task, tags, step) => new Wish(n, name, state, task, tags, step)).Array[1, 25];

    private static readonly Gen<Question> Questions = Gen.Select(
        Gen.Int[0, int.MaxValue], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Enum<InstanceColumn>().Array[0, 3], Gen.Int[0, 7], Gen.Int[1, 8], (which, a, b, keys, directions, page) => new Question(which, a, b, keys, directions, page));

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Every_list_is_that_of_the_model_whole_and_in_pages(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var clock = new FakeTimeProvider();
        var store = await fresh.OpenAsync(clock);
        var network = await FixedIpTests.NetworkAsync(store, "10.9.0.0/16");
        await Gen.Select(Crowd, Questions.Array[20]).SampleAsync(
            async (crowd, questions) =>
            {
                await fresh.ExecuteAsync("delete from instances; delete from instance_tags; delete from fixed_ips; delete from virtual_interfaces");
                var all = new List<Known>();
                foreach (var wish in crowd)
                {
                    clock.Advance(TimeSpan.FromMicroseconds(wish.Step));
                    all.Add(await AddAsync(store, network, wish));
                }

                foreach (var question in questions)
                {
                    await CheckAsync(store, all, question);
                }
            },
            iter: kind == "sqlite" ? 60 : 30,
            threads: 1);
    }

    [Fact]
    public async Task A_page_of_many_servers_is_read_from_an_index()
    {
        await using var fresh = await FreshDatabase.CreateAsync("sqlite");
        var store = await fresh.OpenAsync();
        foreach (var where in (string[])["", "project_id = 'p' and ", "host = 'h' and "])
        {
            var plan = await fresh.PlanAsync($"select * from instances i where {where}i.vm_state <> 'deleted' and i.created_at <= 5 and ((i.created_at < 5) or (i.created_at = 5 and i.id < 5)) order by i.created_at desc, i.id desc limit 50");
            plan.Should().Contain("USING INDEX instances_").And.NotContain("TEMP B-TREE");
        }

        (await store.ReadAsync(s => s.Instances.ListAsync(new InstanceFilter(), null, 50, Cancel), Cancel)).Should().BeEmpty();
    }

    private static async Task CheckAsync(Database store, List<Known> all, Question question)
    {
        var (filter, meant) = question.Filter(all);
        var order = question.Order();
        var expected = all.Where(meant).Order(Comparer<Known>.Create((x, y) => Compare(x.Instance, y.Instance, order))).Select(k => k.Instance.Uuid).ToList();
        (await ListAsync(store, filter, order, null, 1000)).ConvertAll(i => i.Uuid).Should().Equal(expected, $"{filter} {string.Join(',', order.Keys)}");
        var walked = new List<Guid>();
        Instance? marker = null;
        do
        {
            var page = await ListAsync(store, filter, order, marker, question.Page);
            page.Count.Should().BeLessThanOrEqualTo(question.Page);
            walked.AddRange(page.Select(i => i.Uuid));
            marker = page.Count == question.Page ? page[^1] : null;
        }
        while (marker is not null);
        walked.Should().Equal(expected, $"{filter} in pages of {question.Page} by {string.Join(',', order.Keys)}");
    }

    private static Task<List<Instance>> ListAsync(Database store, InstanceFilter filter, InstanceOrder order, Instance? marker, int limit) =>
        store.ReadAsync(s => s.Instances.ListAsync(filter, marker, limit, Cancel, order), Cancel);

    /// <summary>What is not there comes first; texts by their characters; equal ones by creation and number in the first key's direction.</summary>
    private static int Compare(Instance x, Instance y, InstanceOrder order)
    {
        foreach (var (column, descending) in order.Keys)
        {
            if (CompareValues(ValueOf(x, column), ValueOf(y, column)) is var difference and not 0)
            {
                return descending ? -difference : difference;
            }
        }

        var ties = (x.CreatedAt, x.Id).CompareTo((y.CreatedAt, y.Id));
        return order.Keys.Count == 0 || order.Keys[0].Descending ? -ties : ties;
    }

    private static int CompareValues(object? x, object? y) => (x, y) switch
    {
        (string or null, string or null) when x is string || y is string => string.CompareOrdinal(x as string ?? "", y as string ?? ""),
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        _ => Comparer<object>.Default.Compare(x, y),
    };

    private static object? ValueOf(Instance i, InstanceColumn column) => column switch
    {
        InstanceColumn.Uuid => $"{i.Uuid}",
        InstanceColumn.ProjectId => i.ProjectId,
        InstanceColumn.UserId => i.UserId,
        InstanceColumn.DisplayName => i.DisplayName,
        InstanceColumn.HostName => i.HostName,
        InstanceColumn.Description => i.Description,
        InstanceColumn.FlavorId => i.FlavorId,
        InstanceColumn.ImageId => $"{i.ImageId}",
        InstanceColumn.KeyName => i.KeyName,
        InstanceColumn.AvailabilityZone => i.AvailabilityZone,
        InstanceColumn.ReservationId => i.ReservationId,
        InstanceColumn.LaunchIndex => i.LaunchIndex,
        InstanceColumn.ConfigDrive => i.ConfigDrive,
        InstanceColumn.AccessIPv4 => i.AccessIPv4,
        InstanceColumn.AccessIPv6 => i.AccessIPv6,
        InstanceColumn.Locked => i.Locked,
        InstanceColumn.Host => i.Host,
        InstanceColumn.VmState => i.VmState,
        InstanceColumn.TaskState => i.TaskState,
        InstanceColumn.PowerState => (int)i.PowerState,
        InstanceColumn.Progress => i.Progress,
        InstanceColumn.CreatedAt => i.CreatedAt,
        InstanceColumn.UpdatedAt => i.UpdatedAt,
        InstanceColumn.LaunchedAt => i.LaunchedAt,
        _ => i.TerminatedAt,
    };

    private static Task<Known> AddAsync(Database store, Network network, Wish w) => store.WriteAsync(
        async s =>
        {
            var draft = Sample.Instance() with
            {
                Uuid = Guid.NewGuid(),
                ProjectId = w.N % 3 == 0 ? "p" : "q",
                UserId = $"u{w.N % 2}",
                DisplayName = Names[w.Name],
                HostName = $"h{w.N % 4}",
                Description = w.N % 3 == 0 ? null : Names[w.N % Names.Length],
                FlavorId = $"{w.N % 3}",
                KeyName = w.N % 2 == 0 ? null : "k",
                LaunchIndex = w.N % 3,
                ConfigDrive = w.N % 5 == 0,
                Host = w.N % 4 == 0 ? null : $"host{w.N % 2}",
                VmState = States[w.State],
                TaskState = Tasks[w.Task],
                PowerState = (PowerState)(w.N % 5),
            };
            await s.Instances.AddAsync(draft, Cancel);
            await s.Instances.SaveAsync(
                draft with { Locked = w.N % 2 == 1, Progress = w.N % 4, LaunchedAt = w.N % 3 == 1 ? null : s.Now.AddSeconds(-(w.N % 7)), TerminatedAt = w.N % 5 == 1 ? s.Now : null, BootedGeneration = 1 }, Cancel);
            var tags = Tags.Where((_, i) => (w.Tags & (1 << i)) != 0).ToList();
            foreach (var tag in tags)
            {
                await s.Tags.AddAsync(draft.Uuid, tag, Cancel);
            }

            var nic = w.N % 3 == 2 ? null : await s.VirtualInterfaces.AddAsync(network.Id, draft.Uuid, Cancel);
            var address = nic is null ? null : await s.FixedIps.AllocateAsync(network, nic.Id, draft.Uuid, s.Now, Cancel);
            return new Known((await s.Instances.FindAnyAsync(draft.Uuid, Cancel))!, tags, $"{address}");
        },
        Cancel);

    private sealed record Wish(int N, int Name, int State, int Task, int Tags, int Step);

    private sealed record Known(Instance Instance, List<string> Tags, string Address);

    private sealed record Question(int Which, int A, int B, InstanceColumn[] Keys, int Directions, int Page)
    {
        public InstanceOrder Order()
        {
            var keys = Keys.Distinct().Select((key, i) => (key, (Directions & (1 << i)) != 0)).ToList();
            return keys.Count == 0 ? InstanceOrder.NewestFirst : new InstanceOrder(keys);
        }

        /// <summary>Up to three conditions, and what each means.</summary>
        public (InstanceFilter Filter, Func<Known, bool> Meant) Filter(List<Known> all)
        {
            bool? deleted = (Which % 3) switch { 0 => false, 1 => true, _ => null };
            var filter = new InstanceFilter { Deleted = deleted };
            Func<Known, bool> meant = k => deleted is null || (k.Instance.VmState == VmState.Deleted) == deleted;

            // A list is narrowed once by each kind of thing; a predicate and a plain text are the same kind.
            var conditions = Enumerable.Range(0, 1 + (A % 3)).Select(i => Which / 3 / (int)Math.Pow(11, i) % 11).DistinctBy(condition => condition is 4 or 6 ? condition - 1 : condition);
            foreach (var (condition, i) in conditions.Select((condition, i) => (condition, i)))
            {
                (filter, var also) = Narrowed(filter, all[(A + i) % all.Count], condition);
                var before = meant;
                meant = k => before(k) && also(k);
            }

            return (filter, meant);
        }

        private (InstanceFilter Filter, Func<Known, bool> Meant) Narrowed(InstanceFilter filter, Known like, int condition)
        {
            string[] two = [Tags[A % 3], Tags[B % 3]];
            return condition switch
            {
                0 => Exactly(filter, like),
                1 => (filter with { Statuses = [ServerStatus.Of(like.Instance), "PAUSED"] }, k => ServerStatus.Of(k.Instance) == ServerStatus.Of(like.Instance) || ServerStatus.Of(k.Instance) == "PAUSED"),
                2 => (filter with { ChangedSince = like.Instance.UpdatedAt }, k => k.Instance.UpdatedAt >= like.Instance.UpdatedAt),
                3 => Named(filter, Names[B % Names.Length]),
                4 => (filter with { Name = TextMatch.Pattern(name => name.Contains('b', StringComparison.Ordinal)) }, k => k.Instance.DisplayName.Contains('b', StringComparison.Ordinal)),
                5 => (filter with { Address4 = TextMatch.Plain($"9.0.{B % 10}", atStart: false, atEnd: true) }, k => k.Address.EndsWith($"9.0.{B % 10}", StringComparison.Ordinal)),
                6 => (filter with { Address4 = TextMatch.Pattern(address => address[^1] % 2 == 0) }, k => k.Address.Length > 0 && k.Address[^1] % 2 == 0),
                7 => (filter with { Tags = two }, k => two.All(k.Tags.Contains)),
                8 => (filter with { TagsAny = two }, k => two.Any(k.Tags.Contains)),
                9 => (filter with { NotTags = two }, k => !two.All(k.Tags.Contains)),
                _ => (filter with { NotTagsAny = two }, k => !two.Any(k.Tags.Contains)),
            };
        }

        private (InstanceFilter Filter, Func<Known, bool> Meant) Exactly(InstanceFilter filter, Known like)
        {
            var column = (InstanceColumn)(B % Enum.GetValues<InstanceColumn>().Length);
            var value = ValueOf(like.Instance, column) switch { bool flag => flag ? 1L : 0L, int number => (long)number, var other => other };
            return value is null
                ? (filter, _ => true)
                : (filter.With(column, value), k => Equals(ValueOf(k.Instance, column), ValueOf(like.Instance, column)));
        }

        private (InstanceFilter Filter, Func<Known, bool> Meant) Named(InstanceFilter filter, string piece)
        {
            var (start, end) = (A % 2 == 0, B % 2 == 0);
            return (filter with { Name = TextMatch.Plain(piece, start, end) }, k => (start, end) switch
            {
                (true, true) => k.Instance.DisplayName == piece,
                (true, false) => k.Instance.DisplayName.StartsWith(piece, StringComparison.Ordinal),
                (false, true) => k.Instance.DisplayName.EndsWith(piece, StringComparison.Ordinal),
                _ => k.Instance.DisplayName.Contains(piece, StringComparison.Ordinal),
            });
        }
    }
}
