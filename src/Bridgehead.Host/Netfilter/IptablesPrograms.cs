using Bridgehead.Rules.Iptables;

namespace Bridgehead.Host;

/// <summary>The iptables programs of the variant that the host uses: auto takes the host's own choice, nft and legacy name it.</summary>
public sealed class IptablesPrograms(ICommandRunner runner, string variant)
{
    private readonly string _infix = variant switch
    {
        "nft" => "-nft",
        "legacy" => "-legacy",
        _ => "",
    };

    /// <summary>Whether the rules go into nf_tables, so that the kernel tells of changes. The programs of both variants are links to one that has the variant in its name.</summary>
    public bool IsNft => _infix.Length > 0
        ? _infix == "-nft"
        : ProgramPath.Find("iptables-restore") is { } path && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name ?? path).Contains("nft", StringComparison.Ordinal);

    public bool AreInstalled => ((string[])["save", "restore"]).All(verb => ProgramPath.Find($"{Name(IpFamily.V4)}-{verb}") is not null && ProgramPath.Find($"{Name(IpFamily.V6)}-{verb}") is not null);

    /// <summary>As <see cref="SaveAsync"/>, with what each rule has counted.</summary>
    public Task<string> SaveCountedAsync(IpFamily family, CancellationToken cancel) => runner.RequireAsync(new Command($"{Name(family)}-save", ["-c"]) { Reads = true }, cancel);

    public Task<string> SaveAsync(IpFamily family, CancellationToken cancel) => runner.RequireAsync(new Command($"{Name(family)}-save", []) { Reads = true }, cancel);

    /// <summary>Applies the text as one commit per table. Waits five seconds for the lock that other iptables programs hold.</summary>
    public Task RestoreAsync(IpFamily family, string text, CancellationToken cancel) =>
        runner.RequireAsync(new Command($"{Name(family)}-restore", ["--noflush", "--wait", "5"]) { Input = text }, cancel);

    private string Name(IpFamily family) => (family == IpFamily.V4 ? "iptables" : "ip6tables") + _infix;
}
