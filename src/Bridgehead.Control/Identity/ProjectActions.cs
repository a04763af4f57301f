using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new or changed project; null where it says nothing.</summary>
public sealed record ProjectChange(string? Name, string? Description, bool? Enabled, IReadOnlyList<string>? Tags)
{
    public string? DomainId { get; init; }

    /// <summary>A project, or the domain.</summary>
    public string? ParentId { get; init; }

    public string Extra { get; init; } = "{}";
}

/// <summary>Projects. For administrators.</summary>
public sealed class ProjectActions(Database store)
{
    /// <summary>Projects in a chain, the topmost included.</summary>
    private const int Deepest = 5;

    /// <param name="home">The domain where none is named.</param>
    public Task<Outcome<Project>> CreateAsync(ProjectChange change, string home, CancellationToken cancel) => IdentityChange.RunAsync<Project>(
        store,
        async session =>
        {
            if (!(await PlaceAsync(session, change, home, cancel)).Succeeded(out var place, out var problem)
                || !With(new Project(IdentityChange.NewId(), "", "", Enabled: true) { DomainId = place.Domain, ParentId = place.Parent }, change).Succeeded(out var project, out problem))
            {
                return problem;
            }

            return await session.Identities.AddProjectAsync(project, cancel) ? project : IdentityChange.Taken("project", project.Name);
        },
        cancel);

    /// <summary>Disabling ends the tokens for the project.</summary>
    public Task<Outcome<Project>> UpdateAsync(string id, ProjectChange change, CancellationToken cancel) => UpdateAsync(id, _ => change, cancel);

    public Task<Outcome<Project>> AddTagAsync(string id, string tag, CancellationToken cancel) =>
        UpdateAsync(id, before => new ProjectChange(null, null, null, [.. before.Tags.Union([tag])]), cancel);

    public Task<Outcome<Project>> RemoveTagAsync(string id, string tag, CancellationToken cancel) => UpdateAsync(
        id,
        before => before.Tags.Contains(tag) ? new ProjectChange(null, null, null, [.. before.Tags.Where(other => other != tag)]) : IdentityChange.NotFound("project tag", tag),
        cancel);

    private Task<Outcome<Project>> UpdateAsync(string id, Func<Project, Outcome<ProjectChange>> changeOf, CancellationToken cancel) => IdentityChange.RunAsync<Project>(
        store,
        async session =>
        {
            if (await session.Identities.ProjectAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("project", id);
            }

            if (!changeOf(before).Succeeded(out var change, out var problem) || !With(before, change).Succeeded(out var project, out problem))
            {
                return problem;
            }

            if ((Moves(before, change) ?? await HindersAsync(session, before, project, cancel)) is { } hindrance)
            {
                return hindrance;
            }

            await session.Identities.SaveProjectAsync(project, cancel);
            if (before.Enabled && !project.Enabled)
            {
                await session.Tokens.RevokeForProjectAsync(id, cancel);
            }

            return project;
        },
        cancel);

    /// <summary>With its roles, tokens and application credentials. What it has in other services stays and is the administrator's.</summary>
    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await session.Identities.ProjectAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("project", id);
            }

            if (await session.Identities.AnyChildAsync(id, onlyEnabled: false, cancel))
            {
                return Problem.Denied($"Cannot delete project {id}: there are projects below it.");
            }

            await session.Identities.RemoveProjectAsync(id, cancel);
            return default(Done);
        },
        cancel);

    private static async Task<Outcome<(string Domain, string? Parent)>> PlaceAsync(Session session, ProjectChange change, string home, CancellationToken cancel)
    {
        var parent = change.ParentId is { } id && id != change.DomainId ? await session.Identities.ProjectAsync(id, cancel) : null;
        var domain = change.DomainId ?? parent?.DomainId ?? change.ParentId ?? home;
        if (await session.Identities.DomainAsync(domain, cancel) is not { } within)
        {
            return IdentityChange.NotFound(change.DomainId is null && change.ParentId is not null ? "project" : "domain", domain);
        }

        if (parent is null)
        {
            return change.ParentId is null || change.ParentId == domain
                ? within.Enabled ? (domain, null) : Problem.Denied($"Domain {domain} is disabled.")
                : IdentityChange.NotFound("project", change.ParentId);
        }

        if (parent.DomainId != domain)
        {
            return Problem.Bad($"The parent project {parent.Id} is in another domain.");
        }

        var (depth, enabled) = await session.Identities.AncestorsAsync(parent.Id, cancel);
        return depth >= Deepest || !enabled
            ? Problem.Denied(enabled ? $"Projects may be at most {Deepest} deep." : "Cannot create a project below one that is disabled.")
            : (domain, parent.Id);
    }

    /// <summary>A project stays where it is.</summary>
    private static Problem? Moves(Project before, ProjectChange change)
    {
        if (change.DomainId is { } domain && domain != before.DomainId)
        {
            return Problem.Bad("Cannot change the domain of a project.");
        }

        return change.ParentId is { } parent && parent != (before.ParentId ?? before.DomainId) ? Problem.Denied("Update of parent_id is not allowed.") : null;
    }

    private static async Task<Problem?> HindersAsync(Session session, Project before, Project project, CancellationToken cancel)
    {
        if (project.Name != before.Name && await session.Identities.ProjectByNameAsync(project.DomainId, project.Name, cancel) is not null)
        {
            return IdentityChange.Taken("project", project.Name);
        }

        if (before.Enabled && !project.Enabled && await session.Identities.AnyChildAsync(project.Id, onlyEnabled: true, cancel))
        {
            return Problem.Denied($"Cannot disable project {project.Id}: there are enabled projects below it.");
        }

        return !before.Enabled && project.Enabled && await session.Identities.AncestorsAsync(project.ParentId, cancel) is (_, false)
            ? Problem.Denied($"Cannot enable project {project.Id}: one above it is disabled.")
            : null;
    }

    private static Outcome<Project> With(Project project, ProjectChange change)
    {
        if (!Extra.Merge(project.Extra, change.Extra).Succeeded(out var extra, out var problem))
        {
            return problem;
        }

        var changed = project with
        {
            Name = change.Name ?? project.Name,
            Description = change.Description ?? project.Description,
            Enabled = change.Enabled ?? project.Enabled,
            Tags = change.Tags is null ? project.Tags : TagRules.Normal(change.Tags),
            Extra = extra,
        };
        return (Text.CheckName("Project name", changed.Name, 64) ?? TagRules.Check(changed.Tags)) is { } wrong ? wrong : changed;
    }
}
