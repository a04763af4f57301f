using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Flavors, hosts, aggregates, usage, quotas and key pairs: the same answers from both databases.</summary>
public sealed class ComputeTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Caller Member = new("user", "project", IsAdmin: false);
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Flavors_are_sorted_and_paged_by_every_key_in_both_directions(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        Flavor[] flavors = [.. Enumerable.Range(0, 12).Select(i => new Flavor { FlavorId = $"f{i:00}", Name = $"n{11 - i:00}", Ram = i / 3, Disk = i % 2, Vcpus = i % 4, Swap = i, Ephemeral = 7, IsPublic = i % 5 > 0 })];
        await WriteAsync(store, async s =>
        {
            foreach (var flavor in flavors)
            {
                (await s.Flavors.AddAsync(flavor, Cancel)).Should().BeTrue();
            }

            (await s.Flavors.AddAsync(flavors[0] with { Name = "other" }, Cancel)).Should().BeFalse();
            await s.Flavors.AllowAsync("f05", "project", Cancel);
        });
        foreach (var key in Flavors.SortKeys)
        {
            foreach (var descending in new[] { false, true })
            {
                var filter = new FlavorFilter { IsPublic = null, SortKey = key, Descending = descending };
                var all = await store.ReadAsync(s => s.Flavors.ListAsync(filter, null, 100, Cancel), Cancel);
                var paged = new List<Flavor>();
                for (List<Flavor> page = [new Flavor { FlavorId = "", Name = "", Ram = 0, Disk = 0, Vcpus = 0 }]; page.Count > 0; paged.AddRange(page))
                {
                    page = await store.ReadAsync(s => s.Flavors.ListAsync(filter, paged.LastOrDefault()?.FlavorId, 5, Cancel), Cancel);
                }

                all.Should().HaveCount(12);
                paged.Should().Equal(all, $"{key} {descending}");
            }
        }

        var seen = await store.ReadAsync(s => s.Flavors.ListAsync(new FlavorFilter { Project = "project", MinRam = 1 }, null, 100, Cancel), Cancel);
        seen.Select(f => f.FlavorId).Should().Equal(flavors.Where(f => f.Ram >= 1 && (f.IsPublic || f.FlavorId == "f05")).Select(f => f.FlavorId));
        (await store.ReadAsync(s => s.Flavors.FindForAsync("f00", Member, Cancel), Cancel)).Should().BeNull();
        (await store.ReadAsync(s => s.Flavors.FindForAsync("f05", Member, Cancel), Cancel)).Should().Be(flavors[5]);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_host_is_shown_with_what_its_live_servers_use(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await WriteAsync(store, async s =>
        {
            foreach (var host in new[] { "a_1", "b", "axe" })
            {
                await s.Services.BeatAsync(host, Binaries.Compute, "nova", Cancel);
                await s.ComputeNodes.ReportAsync(Node(host), Cancel);
            }

            await s.Services.BeatAsync("unreported", Binaries.Compute, "nova", Cancel);
            await ServerAsync(s, "p1", "a_1", 100, VmState.Active);
            await ServerAsync(s, "p2", "a_1", 200, VmState.Building);
            await ServerAsync(s, "p2", "a_1", 400, VmState.Deleted);
        });
        var all = await store.ReadAsync(s => s.ComputeNodes.ListAsync(new HypervisorFilter(), Cancel), Cancel);
        all.Select(h => h.Node.Host).Should().BeEquivalentTo("a_1", "b", "axe");
        var first = all.Find(h => h.Node.Host == "a_1")!;
        first.Node.Should().Be(Node("a_1"));
        first.Use.Should().Be(new HostUse(2, 2, 300, 14, 1));
        all.Find(h => h.Node.Host == "b")!.Use.Should().Be(new HostUse(0, 0, 0, 0, 0));
        (await store.ReadAsync(s => s.ComputeNodes.ListAsync(new HypervisorFilter { Name = "A_" }, Cancel), Cancel)).Select(h => h.Node.Host).Should().Equal("a_1");
        (await store.ReadAsync(s => s.ComputeNodes.ListAsync(new HypervisorFilter { After = all[0].Service.Id, Limit = 1 }, Cancel), Cancel)).Select(h => h.Node.Host).Should().Equal(all[1].Node.Host);
        (await store.ReadAsync(s => s.ComputeNodes.ByProjectAsync("a_1", Cancel), Cancel)).Select(p => (p.Project, p.Use.MemoryMb)).Should().Equal(("p1", 100L), ("p2", 200L));
        (await store.ReadAsync(s => s.ComputeNodes.ServersAsync("A_1", Cancel), Cancel)).Should().HaveCount(2);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_zone_is_the_aggregates_and_servers_are_placed_in_it(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await WriteAsync(store, async s =>
        {
            await s.Services.BeatAsync("h1", Binaries.Compute, "nova", Cancel);
            await s.Services.BeatAsync("h2", Binaries.Compute, "nova", Cancel);
            await s.Services.BeatAsync("h2", Binaries.Network, "nova", Cancel);
            var zone = await s.Aggregates.AddAsync("z", "far", Cancel);
            var plain = await s.Aggregates.AddAsync("plain", null, Cancel);
            (await s.Aggregates.AddAsync("z", null, Cancel)).Should().Be(0);
            await s.Aggregates.AddHostAsync(zone, "h2", Cancel);
            await s.Aggregates.AddHostAsync(plain, "h2", Cancel);
            await s.Aggregates.PutMetadataAsync(zone, "a", "b", Cancel);
        });
        var zones = (await store.ReadAsync(s => s.Services.ListAsync(Cancel), Cancel)).ToDictionary(s => (s.Host, s.Binary), s => s.Zone);
        zones[("h1", Binaries.Compute)].Should().Be("nova");
        zones[("h2", Binaries.Compute)].Should().Be("far");
        zones[("h2", Binaries.Network)].Should().Be("internal");
        var old = DateTimeOffset.UnixEpoch;
        (await store.ReadAsync(s => s.Instances.HostsByLoadAsync(old, "far", Cancel), Cancel)).Should().Equal("h2");
        (await store.ReadAsync(s => s.Instances.HostsByLoadAsync(old, "nova", Cancel), Cancel)).Should().Equal("h1");
        await WriteAsync(store, async s =>
        {
            (await s.Services.ForceDownAsync("h2", Binaries.Compute, true, Cancel)).Should().BeTrue();
            (await s.Instances.HostsByLoadAsync(old, "far", Cancel)).Should().BeEmpty();
            await s.Services.RemoveAsync((await s.Services.FindAsync("h2", Binaries.Compute, Cancel))!, Cancel);
        });
        (await store.ReadAsync(s => s.Aggregates.ListAsync(Cancel), Cancel)).Select(a => (a.Name, a.Hosts.Count, a.Metadata.Count)).Should().Equal(("z", 0, 1), ("plain", 0, 0));
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Usage_is_the_sum_of_servers_hours_in_the_period(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        (string Project, DateTimeOffset Start, DateTimeOffset? End)[] servers =
        [
            ("p1", Noon, null), ("p1", Noon.AddHours(-30), Noon.AddHours(-6)), ("p2", Noon.AddHours(-1), Noon.AddMinutes(30)), ("p2", Noon.AddDays(-9), Noon.AddDays(-8)), ("p2", Noon.AddDays(8), null),
        ];
        await WriteAsync(store, async s =>
        {
            foreach (var (project, start, end) in servers)
            {
                await ServerAsync(s, project, "h", 512, VmState.Active, start, end);
            }
        });
        var (from, to) = (Noon.AddHours(-12), Noon.AddHours(12));
        var totals = await store.ReadAsync(s => s.TenantUsage.TotalsAsync(from, to, Cancel), Cancel);
        totals.Select(t => t.ProjectId).Should().Equal("p1", "p2");
        totals[0].Hours.Should().BeApproximately(18, 1e-9);
        totals[0].MemoryMb.Should().BeApproximately(18 * 512, 1e-6);
        totals[0].LocalGb.Should().BeApproximately(18 * 7, 1e-6);
        totals[1].Hours.Should().BeApproximately(1.5, 1e-9);
        var rows = await store.ReadAsync(s => s.TenantUsage.ServersAsync((from, to), null, null, 100, Cancel), Cancel);
        rows.Select(r => r.ProjectId).Should().Equal("p1", "p1", "p2");
        rows.Sum(r => r.Hours).Should().BeApproximately(19.5, 1e-9);
        var second = await store.ReadAsync(s => s.TenantUsage.ServersAsync((from, to), "p1", rows[0].Uuid, 100, Cancel), Cancel);
        second.Should().Equal(rows[1]);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task How_far_a_resize_is_follows_from_its_server(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await WriteAsync(store, s => ServerAsync(s, "p1", "a", 100, VmState.Active));
        var server = (await store.ReadAsync(s => s.Instances.OnHostAsync("a", Cancel), Cancel)).Single();
        async Task<string> StatusAsync(string state, string? task = null)
        {
            await WriteAsync(store, s => s.Instances.SaveAsync(server with { VmState = state, TaskState = task }, Cancel));
            return string.Join(' ', (await store.ReadAsync(s => s.ServerMigrations.ListAsync(new MigrationFilter("a", null, $"{server.Uuid}"), Cancel), Cancel)).Select(m => m.Status));
        }

        await WriteAsync(store, s => s.ServerMigrations.BeginAsync(server, "2", Cancel));
        (await StatusAsync(VmState.Active, TaskState.Resizing)).Should().Be("migrating");
        (await StatusAsync(VmState.Error)).Should().Be("error");
        (await StatusAsync(VmState.Resized)).Should().Be("finished");
        (await StatusAsync(VmState.Deleted)).Should().Be("confirmed");
        await WriteAsync(store, s => s.ServerMigrations.EndAsync(server.Uuid, ServerMigrations.Reverted, Cancel));
        (await StatusAsync(VmState.Resized, TaskState.Reverting)).Should().Be("reverting");
        (await StatusAsync(VmState.Active)).Should().Be("reverted");
        await WriteAsync(store, s => s.ServerMigrations.BeginAsync(server, "3", Cancel));
        await WriteAsync(store, s => s.ServerMigrations.EndAsync(server.Uuid, ServerMigrations.Reverted, Cancel));
        (await StatusAsync(VmState.Resized, TaskState.Reverting)).Should().Be("reverting reverted");
        (await store.ReadAsync(s => s.ServerMigrations.ListAsync(new MigrationFilter(null, "reverted", null), Cancel), Cancel)).Should().ContainSingle(m => m.NewFlavor == "2" && m.UpdatedAt != null);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Limits_of_users_classes_and_projects_are_kept_apart(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await WriteAsync(store, async s =>
        {
            await s.Quotas.SetAsync("p", "cores", 5, Cancel);
            await s.Quotas.SetAsync("p", "cores", 6, Cancel);
            await s.Quotas.SetOfUserAsync("p", "u", "cores", 2, Cancel);
            await s.Quotas.SetOfUserAsync("p", "v", "cores", 3, Cancel);
            await s.Quotas.SetOfClassAsync("default", "ram", 7, Cancel);
        });
        (await store.ReadAsync(s => s.Quotas.OfProjectAsync("p", Cancel), Cancel)).Should().Equal(new Dictionary<string, int> { ["cores"] = 6 });
        (await store.ReadAsync(s => s.Quotas.OfUserAsync("p", "u", Cancel), Cancel)).Should().Equal(new Dictionary<string, int> { ["cores"] = 2 });
        (await store.ReadAsync(s => s.Quotas.OfClassAsync("default", Cancel), Cancel)).Should().Equal(new Dictionary<string, int> { ["ram"] = 7 });
        await WriteAsync(store, s => s.Quotas.ClearOfUserAsync("p", "u", Cancel));
        (await store.ReadAsync(s => s.Quotas.OfUserAsync("p", "v", Cancel), Cancel)).Should().ContainKey("cores");
        await WriteAsync(store, s => s.Quotas.ClearAsync("p", Cancel));
        (await store.ReadAsync(s => s.Quotas.OfUserAsync("p", "v", Cancel), Cancel)).Should().BeEmpty();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Lists_of_keys_networks_groups_and_addresses_have_pages(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await WriteAsync(store, async s =>
        {
            foreach (var name in new[] { "c", "a", "b" })
            {
                await s.KeyPairs.AddAsync(new KeyPair { Id = 0, UserId = "u", Name = name, Type = "ssh", PublicKey = "k", Fingerprint = "f" }, Cancel);
                var group = await s.SecurityGroups.AddAsync("p", name, "", Cancel);
                await s.SecurityGroups.AddRuleAsync(new SecurityGroupRule { Id = 0, ParentGroupId = group, ProtocolText = "tcp", FromPort = 1, ToPort = 2, Cidr = Cidr.Parse("10.0.0.0/8") }, Cancel);
            }

            for (var i = 1; i <= 3; i++)
            {
                await s.FloatingIps.AddAsync(Ip.Parse($"192.0.2.{i}"), "pool", null, Cancel);
                await s.FloatingIps.AllocateAsync("pool", "p", auto: false, Cancel);
            }

            await s.DnsEntries.PutDomainAsync(new DnsDomain("example.org", "public", null, null), Cancel);
            await s.DnsEntries.PutAsync(new DnsEntry("example.org", "www", Ip.Parse("192.0.2.2")), Cancel);
        });
        (await store.ReadAsync(s => s.KeyPairs.ListAsync("u", "a", 1, Cancel), Cancel)).Select(k => k.Name).Should().Equal("b");
        (await store.ReadAsync(s => s.KeyPairs.CountAsync("u", Cancel), Cancel)).Should().Be(3);
        var groups = await store.ReadAsync(s => s.SecurityGroups.PageAsync("p", 1, 1, Cancel), Cancel);
        groups.Select(g => g.Name).Should().Equal("b");
        (await store.ReadAsync(s => s.SecurityGroups.RulesOfAsync([groups[0].Id], Cancel), Cancel)).Should().ContainSingle().Which.ParentGroupId.Should().Be(groups[0].Id);
        (await store.ReadAsync(s => s.SecurityGroups.WithIdsAsync([groups[0].Id], Cancel), Cancel)).Should().Equal(groups);
        var page = await store.ReadAsync(s => s.FloatingIps.PageAsync("p", 1, 1, Cancel), Cancel);
        page.Select(f => $"{f.Address}").Should().Equal("192.0.2.2");
        await WriteAsync(store, s => s.FloatingIps.DeallocateAsync(page[0].Id, Cancel));
        (await store.ReadAsync(s => s.DnsEntries.FindAsync("example.org", "www", Cancel), Cancel)).Should().BeNull("its address is another's next");
    }

    private static ComputeNode Node(string host) => new()
    {
        Host = host,
        HostIp = "192.0.2.1",
        HypervisorType = "netns",
        HypervisorVersion = 6001000,
        Vcpus = 4,
        MemoryMb = 5_000_000_000,
        LocalGb = 50,
        FreeDiskGb = 40,
        CpuInfo = "{}",
        UpSince = Noon,
        LoadAverage = "0, 0, 0",
    };

    private static async Task ServerAsync(Session s, string project, string host, int ram, string state, DateTimeOffset? launched = null, DateTimeOffset? ended = null)
    {
        var instance = new Instance
        {
            Id = 0,
            Uuid = Guid.NewGuid(),
            ProjectId = project,
            UserId = "u",
            DisplayName = "n",
            HostName = "n",
            FlavorId = "f",
            ImageId = Guid.NewGuid(),
            AvailabilityZone = "nova",
            ReservationId = "r-1",
            Host = host,
            MemoryMb = ram,
            Vcpus = 1,
            VmState = state,
            TaskState = state == VmState.Building ? TaskState.Spawning : null,
        };
        await s.Instances.AddAsync(instance, Cancel);
        await s.Flavors.RememberAsync(instance.Uuid, new Flavor { FlavorId = "f", Name = "f", Ram = ram, Disk = 5, Vcpus = 1, Ephemeral = 2 }, Cancel);
        await s.Instances.SaveAsync(instance with { LaunchedAt = launched, TerminatedAt = ended }, Cancel);
    }

    private static Task WriteAsync(Database store, Func<Session, Task> work) => store.WriteAsync<Done>(
        async session =>
        {
            await work(session);
            return default(Done);
        },
        Cancel);
}
