using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Sharing: the owner offers a shared image to projects, and each says for itself whether it takes it.</summary>
public sealed class ImageMemberActions(Database store)
{
    private static readonly string[] Statuses = ["pending", "accepted", "rejected"];

    /// <summary>All for the owner; a member sees only itself.</summary>
    public Task<Outcome<IReadOnlyList<ImageMember>>> ListAsync(Caller caller, Guid id, CancellationToken cancel) => store.ReadAsync<Outcome<IReadOnlyList<ImageMember>>>(
        async s => (await SharedAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem)
            ? await s.ImageMembers.OfImageAsync(id, Owns(caller, image) ? null : caller.ProjectId, cancel)
            : problem,
        cancel);

    public Task<Outcome<ImageMember>> FindAsync(Caller caller, Guid id, string member, CancellationToken cancel) => store.ReadAsync<Outcome<ImageMember>>(
        async s =>
        {
            var image = await s.Images.FindAsync(id, ImageActions.ViewerOf(caller), cancel);
            var found = image is not null && (Owns(caller, image) || member == caller.ProjectId) ? await s.ImageMembers.FindAsync(id, member, cancel) : null;
            return found is null ? NoMember(id, member) : found;
        },
        cancel);

    public Task<Outcome<ImageMember>> AddAsync(Caller caller, Guid id, string member, CancellationToken cancel) => store.TryWriteAsync<ImageMember>(
        async s =>
        {
            if (member.Length is 0 or > 255 || member.Any(char.IsControl))
            {
                return Problem.Bad("Member must be a project's id, of 1 to 255 characters.");
            }

            if (!(await SharedAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem))
            {
                return problem;
            }

            if (!Owns(caller, image))
            {
                return Problem.Denied($"Not allowed to create members for image {id}.");
            }

            if (await s.ImageMembers.CountAsync(id, cancel) >= ImageAttributes.MostMembers)
            {
                return new Problem(ProblemKind.TooLarge, $"The limit has been exceeded on the number of allowed image members: {ImageAttributes.MostMembers}");
            }

            return await s.ImageMembers.AddAsync(id, member, cancel)
                ? (await s.ImageMembers.FindAsync(id, member, cancel))!
                : Problem.Conflicting($"Member {member} is duplicated for image {id}");
        },
        cancel);

    /// <summary>The member's own decision; an administrator may make it too, the owner may not.</summary>
    public Task<Outcome<ImageMember>> SetStatusAsync(Caller caller, Guid id, string member, string status, CancellationToken cancel) => store.TryWriteAsync<ImageMember>(
        async s =>
        {
            if (!Statuses.Contains(status))
            {
                return Problem.Bad("Incorrect request: the status must be one of pending, accepted, rejected.");
            }

            if (!(await SharedAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem))
            {
                return problem;
            }

            if ((!Owns(caller, image) && member != caller.ProjectId) || await s.ImageMembers.FindAsync(id, member, cancel) is null)
            {
                return NoMember(id, member);
            }

            if (member != caller.ProjectId && !caller.IsAdmin)
            {
                return Problem.Denied($"Not allowed to update members for image {id}.");
            }

            await s.ImageMembers.SetStatusAsync(id, member, status, cancel);
            return (await s.ImageMembers.FindAsync(id, member, cancel))!;
        },
        cancel);

    public Task<Outcome<Done>> RemoveAsync(Caller caller, Guid id, string member, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async s =>
        {
            if (!(await SharedAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem))
            {
                return problem;
            }

            if (!Owns(caller, image))
            {
                return member == caller.ProjectId ? Problem.Denied($"Not allowed to delete members for image {id}.") : NoMember(id, member);
            }

            return await s.ImageMembers.RemoveAsync(id, member, cancel) ? default(Done) : NoMember(id, member);
        },
        cancel);

    private static bool Owns(Caller caller, Image image) => caller.IsAdmin || image.Owner == caller.ProjectId;

    private static Problem NoMember(Guid id, string member) => Problem.Missing($"{member} not found in the member list of the image {id}.");

    private static async Task<Outcome<Image>> SharedAsync(Session session, Caller caller, Guid id, CancellationToken cancel)
    {
        if (await session.Images.LockAsync(id, ImageActions.ViewerOf(caller), cancel) is not { } image)
        {
            return ImageActions.NotFound($"{id}");
        }

        return image.Visibility == ImageVisibility.Shared ? image : Problem.Denied("Only shared images have members.");
    }
}
