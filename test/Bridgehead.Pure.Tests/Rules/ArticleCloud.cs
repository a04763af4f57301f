using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>The article's three daemons on one host, step by step.</summary>
internal sealed class ArticleCloud
{
    private readonly NovaSettings _settings;
    private readonly PlanRun _api;
    private readonly PlanRun _network;
    private readonly PlanRun _compute;

    public ArticleCloud(RuleProfile profile)
    {
        _settings = Sample.Settings(profile);
        _api = new PlanRun(Host, "nova-api", profile);
        _network = new PlanRun(Host, "nova-network", profile);
        _compute = new PlanRun(Host, "nova-compute", profile);
    }

    public Testing.FakeHost Host { get; } = new();

    public string Listing => Host.V4.Save();

    public ArticleCloud Start()
    {
        _api.Start(NetworkPlanner.Metadata(_settings));
        _network.Start(NetworkPlanner.Host(_settings));
        _compute.Start(new Policy.ComputeHost());
        return this;
    }

    public ArticleCloud CreateNetwork()
    {
        _network.Put(NetworkPlanner.Bridge(Sample.Network(), _settings));
        return this;
    }

    public ArticleCloud BootInstance(params SecurityGroupRule[] rules)
    {
        _compute.Put([new Policy.ComputeBridge(Sample.Network().Bridge, 1), .. Sample.Server(1, null, Sample.Group(rules)).Policies(_settings)]);
        return this;
    }

    public ArticleCloud AssociateFloating()
    {
        _network.Put(NetworkPlanner.Floating(Sample.Floating(), _settings)!);
        return this;
    }

    /// <summary>The filter is made anew, now with ping allowed from everywhere.</summary>
    public ArticleCloud AllowIcmp() => BootInstance(Sample.Rule("icmp", -1, -1));

    public ArticleCloud Whole() => Start().CreateNetwork().BootInstance().AssociateFloating().AllowIcmp();
}
