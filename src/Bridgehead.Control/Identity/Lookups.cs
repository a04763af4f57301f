using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Turns what requests say into what it means: by id, or by name in a domain.</summary>
internal static class Lookups
{
    public static async Task<Domain?> FindDomainAsync(this Session session, DomainReference reference, CancellationToken cancel) => reference switch
    {
        { Id: { } id } => await session.Identities.DomainAsync(id, cancel),
        { Name: { } name } => await session.Identities.DomainByNameAsync(name, cancel),
        _ => null,
    };

    public static async Task<User?> FindUserAsync(this Session session, Reference reference, CancellationToken cancel) => reference switch
    {
        { Id: { } id } => await session.Identities.UserAsync(id, cancel),
        { Name: { } name, Domain: { } domain } when await session.FindDomainAsync(domain, cancel) is { } within => await session.Identities.UserByNameAsync(within.Id, name, cancel),
        _ => null,
    };

    public static async Task<Project?> FindProjectAsync(this Session session, Reference reference, CancellationToken cancel) => reference switch
    {
        { Id: { } id } => await session.Identities.ProjectAsync(id, cancel),
        { Name: { } name, Domain: { } domain } when await session.FindDomainAsync(domain, cancel) is { } within => await session.Identities.ProjectByNameAsync(within.Id, name, cancel),
        _ => null,
    };
}
