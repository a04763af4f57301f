using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new or changed domain; null where it says nothing.</summary>
public sealed record DomainChange(string? Name, string? Description, bool? Enabled, IReadOnlyList<string>? Tags)
{
    public string Extra { get; init; } = "{}";
}

/// <summary>Domains. For administrators.</summary>
public sealed class DomainActions(Database store)
{
    public Task<Outcome<Domain>> CreateAsync(DomainChange change, CancellationToken cancel) => IdentityChange.RunAsync<Domain>(
        store,
        async session =>
        {
            if (!With(new Domain(IdentityChange.NewId(), "", "", Enabled: true), change).Succeeded(out var domain, out var problem))
            {
                return problem;
            }

            return await session.Identities.AddDomainAsync(domain, cancel) ? domain : IdentityChange.Taken("domain", domain.Name);
        },
        cancel);

    /// <summary>Disabling ends the tokens of the domain's users, and those for it and its projects.</summary>
    public Task<Outcome<Domain>> UpdateAsync(string id, DomainChange change, CancellationToken cancel) => IdentityChange.RunAsync<Domain>(
        store,
        async session =>
        {
            if (await session.Identities.DomainAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("domain", id);
            }

            if (!With(before, change).Succeeded(out var domain, out var problem))
            {
                return problem;
            }

            if (await session.Identities.DomainByNameAsync(domain.Name, cancel) is { } other && other.Id != id)
            {
                return IdentityChange.Taken("domain", domain.Name);
            }

            await session.Identities.SaveDomainAsync(domain, cancel);
            if (before.Enabled && !domain.Enabled)
            {
                await session.Tokens.RevokeOfDomainAsync(id, cancel);
            }

            return domain;
        },
        cancel);

    /// <summary>With all users, groups and projects that are in it. It must be disabled; the default domain stays.</summary>
    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await session.Identities.DomainAsync(id, cancel) is not { } domain)
            {
                return IdentityChange.NotFound("domain", id);
            }

            if (domain.Enabled || id == Domain.DefaultId)
            {
                return Problem.Denied(id == Domain.DefaultId
                    ? "You are not authorized to delete the default domain: accounts without a domain of their own are in it."
                    : "Cannot delete a domain that is enabled, please disable it first.");
            }

            await session.Identities.RemoveDomainAsync(id, cancel);

            // Its groups may have given roles to users of other domains.
            await session.ApplicationCredentials.EndWithoutRolesAsync(null, cancel);
            return default(Done);
        },
        cancel);

    private static Outcome<Domain> With(Domain domain, DomainChange change)
    {
        var changed = domain with
        {
            Name = change.Name ?? domain.Name,
            Description = change.Description ?? domain.Description,
            Enabled = change.Enabled ?? domain.Enabled,
            Tags = change.Tags is null ? domain.Tags : TagRules.Normal(change.Tags),
        };
        return (Text.CheckName("Domain name", changed.Name, 64) ?? TagRules.Check(changed.Tags)) is { } wrong ? wrong
            : Extra.Merge(domain.Extra, change.Extra).Succeeded(out var extra, out var problem) ? changed with { Extra = extra } : problem;
    }
}
