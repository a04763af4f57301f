using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>The fields of identity's objects.</summary>
internal static class IdentityViews
{
    public static void Domain(Utf8JsonWriter w, ApiCall call, Domain domain)
    {
        w.WriteString("id", domain.Id);
        w.WriteString("name", domain.Name);
        w.WriteString("description", domain.Description);
        w.WriteBoolean("enabled", domain.Enabled);
        Views.List(w, "tags", domain.Tags);
        NoOptions(w);
        Extra(w, domain.Extra);
        w.Self(call, $"domains/{domain.Id}");
    }

    public static void Project(Utf8JsonWriter w, ApiCall call, Project project)
    {
        w.WriteString("id", project.Id);
        w.WriteString("name", project.Name);
        w.WriteString("domain_id", project.DomainId);
        w.WriteString("description", project.Description);
        w.WriteBoolean("enabled", project.Enabled);
        w.WriteBoolean("is_domain", false);
        w.WriteString("parent_id", project.ParentId ?? project.DomainId);
        Views.List(w, "tags", project.Tags);
        NoOptions(w);
        Extra(w, project.Extra);
        w.Self(call, $"projects/{project.Id}");
    }

    public static void User(Utf8JsonWriter w, ApiCall call, User user)
    {
        w.WriteString("id", user.Id);
        w.WriteString("name", user.Name);
        w.WriteString("domain_id", user.DomainId);
        w.WriteBoolean("enabled", user.Enabled);
        if (user.DefaultProjectId is not null)
        {
            w.WriteString("default_project_id", user.DefaultProjectId);
        }

        w.WriteNull("password_expires_at");
        w.WritePropertyName("options");
        w.WriteRawValue(user.Options);
        Extra(w, user.Extra);
        w.Self(call, $"users/{user.Id}");
    }

    public static void Group(Utf8JsonWriter w, ApiCall call, Group group)
    {
        w.WriteString("id", group.Id);
        w.WriteString("name", group.Name);
        w.WriteString("domain_id", group.DomainId);
        w.WriteString("description", group.Description);
        Extra(w, group.Extra);
        w.Self(call, $"groups/{group.Id}");
    }

    public static void Role(Utf8JsonWriter w, ApiCall call, Role role)
    {
        w.WriteString("id", role.Id);
        w.WriteString("name", role.Name);
        w.WriteNull("domain_id");
        w.WriteString("description", role.Description);
        NoOptions(w);
        Extra(w, role.Extra);
        w.Self(call, $"roles/{role.Id}");
    }

    public static void Region(Utf8JsonWriter w, ApiCall call, Region region)
    {
        w.WriteString("id", region.Id);
        w.WriteString("description", region.Description);
        w.WriteString("parent_region_id", region.ParentId);
        w.Self(call, $"regions/{Uri.EscapeDataString(region.Id)}");
    }

    public static void Service(Utf8JsonWriter w, ApiCall call, CatalogueService service)
    {
        w.WriteString("id", service.Id);
        w.WriteString("type", service.Type);
        w.WriteString("name", service.Name);
        w.WriteString("description", service.Description);
        w.WriteBoolean("enabled", service.Enabled);
        Extra(w, service.Extra);
        w.Self(call, $"services/{service.Id}");
    }

    public static void Endpoint(Utf8JsonWriter w, ApiCall call, Endpoint endpoint)
    {
        w.WriteString("id", endpoint.Id);
        w.WriteString("service_id", endpoint.ServiceId);
        w.WriteString("interface", endpoint.Interface);
        w.WriteString("region", endpoint.RegionId);
        w.WriteString("region_id", endpoint.RegionId);
        w.WriteString("url", endpoint.Url.StartsWith('/') ? call.Root + endpoint.Url : endpoint.Url);
        w.WriteBoolean("enabled", endpoint.Enabled);
        Extra(w, endpoint.Extra);
        w.Self(call, $"endpoints/{endpoint.Id}");
    }

    public static void Credential(Utf8JsonWriter w, ApiCall call, ApplicationCredential credential)
    {
        w.WriteString("id", credential.Id);
        w.WriteString("name", credential.Name);
        w.WriteString("description", credential.Description);
        w.WriteString("project_id", credential.ProjectId);
        w.WriteString("user_id", credential.UserId);
        w.WriteStartArray("roles");
        foreach (var role in credential.Roles)
        {
            w.WriteStartObject();
            w.WriteString("id", role.Id);
            w.WriteString("name", role.Name);
            w.WriteNull("domain_id");
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteString("expires_at", credential.ExpiresAt is { } end ? Views.DbTime(end) : null);
        w.WriteBoolean("unrestricted", credential.Unrestricted);
        w.WriteNull("system");
        w.Self(call, $"users/{credential.UserId}/application_credentials/{credential.Id}");
    }

    private static void NoOptions(Utf8JsonWriter w)
    {
        w.WriteStartObject("options");
        w.WriteEndObject();
    }

    private static void Extra(Utf8JsonWriter w, string extra)
    {
        if (extra == "{}")
        {
            return;
        }

        using var document = JsonDocument.Parse(extra);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            property.WriteTo(w);
        }
    }
}
