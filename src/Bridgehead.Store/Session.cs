using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>A connection's aggregates, inside a transaction when it came from a write.</summary>
public sealed class Session
{
    internal Session(Sql sql, TimeProvider clock)
    {
        Sql = sql;
        Clock = clock;
        Changes = new Changes(sql, clock);
    }

    public Changes Changes { get; }

    public Networks Networks => new(this);

    public FixedIps FixedIps => new(this);

    public VirtualInterfaces VirtualInterfaces => new(this);

    public FloatingIps FloatingIps => new(this);

    public SecurityGroups SecurityGroups => new(this);

    public Instances Instances => new(this);

    public Flavors Flavors => new(this);

    public Images Images => new(this);

    public ImageMembers ImageMembers => new(this);

    public ImageUploads ImageUploads => new(this);

    public ServerMigrations ServerMigrations => new(this);

    public Snapshots Snapshots => new(this);

    public KeyPairs KeyPairs => new(this);

    public Identities Identities => new(this);

    public Tokens Tokens => new(this);

    public ApplicationCredentials ApplicationCredentials => new(this);

    public ServiceCatalogue Catalogue => new(this);

    public Services Services => new(this);

    public Quotas Quotas => new(this);

    public ComputeNodes ComputeNodes => new(this);

    public Aggregates Aggregates => new(this);

    public TenantUsage TenantUsage => new(this);

    public AgentBuilds AgentBuilds => new(this);

    public HostQuestions Consoles => new(this, "consoles", ChangeKind.Console);

    public ServerPasswords ServerPasswords => new(this);

    public InjectedFiles InjectedFiles => new(this);

    public Tags Tags => new(this);

    public ServerGroups ServerGroups => new(this);

    public HostQuestions Diagnostics => new(this, "diagnostics", ChangeKind.Diagnostics);

    public ServerEvents ServerEvents => new(this);

    public DefaultRules DefaultRules => new(this);

    public DnsEntries DnsEntries => new(this);

    internal Sql Sql { get; }

    internal TimeProvider Clock { get; }

    /// <summary>Until this transaction's end, no other comes past the same lock. SQLite has one writer anyway.</summary>
    public async Task LockAsync(string name, CancellationToken cancel)
    {
        if (Sql.Postgres)
        {
            await Sql.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@name, 7))", cancel, ("name", name));
        }
    }

    /// <summary>As <see cref="LockAsync"/>, but those who share the lock pass each other; who takes it whole waits for all of them.</summary>
    public async Task ShareLockAsync(string name, CancellationToken cancel)
    {
        if (Sql.Postgres)
        {
            await Sql.ExecuteAsync("select pg_advisory_xact_lock_shared(hashtextextended(@name, 7))", cancel, ("name", name));
        }
    }

    public DateTimeOffset Now => Clock.GetUtcNow();
}
