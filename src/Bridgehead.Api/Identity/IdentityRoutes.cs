using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>All of Identity v3.</summary>
internal static class IdentityRoutes
{
    public const string V = "/identity/v3";

    public static void Map(Routes routes)
    {
        IdentityVersionsApi.Map(routes);
        TokensApi.Map(routes);
        OwnScopesApi.Map(routes);
        DomainsApi.Map(routes);
        ProjectsApi.Map(routes);
        IdentityTagsApi.Map(routes);
        UsersApi.Map(routes);
        GroupsApi.Map(routes);
        RolesApi.Map(routes);
        ImpliedRolesApi.Map(routes);
        GrantsApi.Map(routes);
        RoleAssignmentsApi.Map(routes);
        RegionsApi.Map(routes);
        CatalogueServicesApi.Map(routes);
        EndpointsApi.Map(routes);
        ApplicationCredentialsApi.Map(routes);
    }
}

/// <summary>What the handlers of identity work with.</summary>
internal sealed record IdentityServices(Database Store, NovaSettings Settings)
{
    public Authentication Authentication { get; } = new(Store, Settings);

    public DomainActions Domains { get; } = new(Store);

    public ProjectActions Projects { get; } = new(Store);

    public UserActions Users { get; } = new(Store);

    public GroupActions Groups { get; } = new(Store);

    public RoleActions Roles { get; } = new(Store);

    public ImpliedRoleActions ImpliedRoles { get; } = new(Store);

    public RegionActions Regions { get; } = new(Store);

    public CatalogueActions Catalogue { get; } = new(Store);

    public ApplicationCredentialActions Credentials { get; } = new(Store);
}
