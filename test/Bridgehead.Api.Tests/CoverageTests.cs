using System.Text;
using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>The last class of the ring: xunit runs collections that are not parallel after all others.</summary>
[CollectionDefinition(nameof(LastCollection), DisableParallelization = true)]
public sealed class LastCollection;

/// <summary>What the others covered. It can only be right when the whole ring was run.</summary>
[Collection(nameof(LastCollection))]
public sealed class CoverageTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public void The_table_of_routes_names_a_test_for_each()
    {
        var covered = Coverage.Covered(cloud.Server.Routes);
        Golden.Matches(Table(cloud.Server.Routes, covered), "docs/api-coverage.md");
        cloud.Server.Routes.Where(route => route.Status < 400 && !covered.ContainsKey((route.Method, route.Pattern))).Select(route => $"{route.Method} {route.Pattern}")
            .Should().BeEmpty("every route needs a test that has a successful answer from it (all classes of this program must have been run)");
    }

    private static string Table(IReadOnlyList<Route> routes, IReadOnlyDictionary<(string, string), string> covered)
    {
        var text = new StringBuilder();
        text.Append("# What the API answers, and the test that covers it\n\nMade from the table of routes and a run of the API's tests (`UPDATE_GOLDEN=1`), not by hand. ");
        text.Append("A test is named for each route: the first, by name, of those that got a successful answer from it.\n");
        foreach (var service in routes.GroupBy(OpenApi.ServiceOf).OrderBy(service => service.Key, StringComparer.Ordinal))
        {
            text.Append($"\n## {service.Key}\n\n| route | microversions | role | success | what it does | test |\n|---|---|---|---|---|---|\n");
            foreach (var route in service.OrderBy(route => route.Pattern, StringComparer.Ordinal).ThenBy(route => route.Method, StringComparer.Ordinal))
            {
                var test = covered.GetValueOrDefault((route.Method, route.Pattern), "**none**");
                text.Append($"| `{route.Method} {route.Pattern}` | {Versions(route)} | {OpenApi.RoleOf(route)} | {route.Status} | {route.Summary.Replace("|", "\\|")} | {test} |\n");
            }
        }

        return text.ToString();
    }

    private static string Versions(Route route) => OpenApi.ServiceOf(route) != "compute" ? "" : (route.Since, route.Until) switch
    {
        (1, int.MaxValue) => "all",
        (_, int.MaxValue) => $"2.{route.Since} –",
        _ => $"2.{route.Since} – 2.{route.Until}",
    };
}
