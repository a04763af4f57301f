using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What administrators do to flavors.</summary>
public sealed class FlavorActions(Database store)
{
    private const int Longest = 255;

    /// <summary>Adds a flavor whose numbers are in range.</summary>
    public Task<Outcome<Flavor>> CreateAsync(Flavor flavor, CancellationToken cancel) => store.TryWriteAsync<Flavor>(
        async session => Check(flavor) is { } wrong ? wrong
            : await session.Flavors.AddAsync(flavor, cancel) ? flavor
            : Problem.Conflicting($"Flavor with name {flavor.Name} or ID {flavor.FlavorId} already exists."),
        cancel);

    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await session.LockAsync(LockOf(id), cancel);
            return await session.Flavors.RemoveAsync(id, cancel) ? default(Done) : Missing(id);
        },
        cancel);

    /// <summary>Lets a project use a private flavor; returns all that may.</summary>
    public Task<Outcome<IReadOnlyList<string>>> AllowAsync(string id, string project, CancellationToken cancel) => AccessAsync(id, project, async (session, flavor) =>
        flavor.IsPublic ? Problem.Conflicting("Can not add access to a public flavor.")
        : await session.Flavors.AllowAsync(id, project, cancel) ? null
        : Problem.Conflicting($"Flavor access already exists for flavor {id} and project {project} combination."), cancel);

    public Task<Outcome<IReadOnlyList<string>>> ForbidAsync(string id, string project, CancellationToken cancel) => AccessAsync(id, project, async (session, flavor) =>
        flavor.IsPublic ? Problem.Conflicting("Can not remove access from a public flavor.")
        : await session.Flavors.ForbidAsync(id, project, cancel) ? null
        : Problem.Missing($"Flavor access not found for {id} / {project} combination."), cancel);

    public Task<Outcome<Done>> PutSpecsAsync(string id, IReadOnlyDictionary<string, string> specs, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (specs.FirstOrDefault(s => !IsSpecKey(s.Key) || s.Value.Length > Longest || s.Value.Any(char.IsControl)) is { Key: { } bad })
            {
                return Problem.Bad($"Extra spec '{bad}' is refused: keys have 1 to {Longest} letters, digits, blanks and - _ : . and values at most {Longest} characters.");
            }

            await session.LockAsync(LockOf(id), cancel);
            if (await session.Flavors.FindAsync(id, cancel) is null)
            {
                return Missing(id);
            }

            foreach (var (key, value) in specs)
            {
                await session.Flavors.PutSpecAsync(id, key, value, cancel);
            }

            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> RemoveSpecAsync(string id, string key, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session => await session.Flavors.FindAsync(id, cancel) is null ? Missing(id)
            : await session.Flavors.RemoveSpecAsync(id, key, cancel) ? default(Done)
            : Problem.Missing($"Flavor {id} has no extra specs with key {key}."),
        cancel);

    /// <summary>Whoever gives a flavor specs or access, and whoever deletes it, wait for each other: nothing stays behind for a later flavor of that id.</summary>
    private static string LockOf(string id) => $"flavor/{id}";

    public static Problem Missing(string id) => Problem.Missing($"Flavor {id} could not be found.");

    private Task<Outcome<IReadOnlyList<string>>> AccessAsync(string id, string project, Func<Session, Flavor, Task<Problem?>> change, CancellationToken cancel) =>
        store.TryWriteAsync<IReadOnlyList<string>>(
            async session =>
            {
                if (Text.CheckName("Tenant", project) is { } wrong)
                {
                    return wrong;
                }

                await session.LockAsync(LockOf(id), cancel);
                return await session.Flavors.FindAsync(id, cancel) is not { } flavor ? Missing(id)
                    : await change(session, flavor) is { } refused ? refused
                    : await session.Flavors.AccessAsync(id, cancel);
            },
            cancel);

    private static Problem? Check(Flavor f)
    {
        if ((Text.CheckName("Flavor name", f.Name) ?? Text.CheckName("Flavor id", f.FlavorId)) is { } wrong)
        {
            return wrong;
        }

        if (f.Name.Trim() != f.Name || f.FlavorId.Trim() != f.FlavorId || !f.FlavorId.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.'))
        {
            return Problem.Bad("Flavor name and id may not begin or end with a blank; the id has letters, digits, blanks and - _ . only.");
        }

        return f.Ram < 1 || f.Vcpus < 1 || f.Disk < 0 || f.Swap < 0 || f.Ephemeral < 0 ? Problem.Bad("ram and vcpus must be at least 1; disk, swap and ephemeral at least 0.")
            : f.RxtxFactor is > 0 and <= float.MaxValue ? null : Problem.Bad("rxtx_factor must be a number greater than 0.");
    }

    private static bool IsSpecKey(string key) => key.Length is > 0 and <= Longest && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':' or '.' or ' ');
}
