using System.Security.Cryptography;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a new cloud has: nova's flavors, one image, one project with its administrator. Repeating it adds only what is missing.</summary>
public sealed class Seed(Database store, NovaSettings settings)
{
    /// <summary>The image that comes with the program; its content is made by <see cref="ImageHousekeeping"/>.</summary>
    public const string BusyboxName = "busybox";

    private static readonly (string Id, string Name, int Ram, int Disk, int Vcpus)[] Flavors =
    [
        ("1", "m1.tiny", 512, 1, 1), ("2", "m1.small", 2048, 20, 1), ("3", "m1.medium", 4096, 40, 2), ("4", "m1.large", 8192, 80, 4), ("5", "m1.xlarge", 16384, 160, 8),
    ];

    /// <summary>Returns the administrator's password when it was made up here, to be told once; else null.</summary>
    public Task<string?> RunAsync(CancellationToken cancel) => store.WriteAsync(
        async session =>
        {
            // Daemons that start together on a new database.
            await session.LockAsync("seed", cancel);
            if (await session.Identities.AnyUserAsync(cancel))
            {
                return null;
            }

            foreach (var f in Flavors)
            {
                await session.Flavors.AddAsync(new Flavor { FlavorId = f.Id, Name = f.Name, Ram = f.Ram, Disk = f.Disk, Vcpus = f.Vcpus }, cancel);
            }

            await session.Images.AddAsync(Busybox(session.Now), cancel);
            var password = settings.AdminPassword ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var project = new Project(Guid.NewGuid().ToString("N"), settings.AdminProject, "", Enabled: true);
            var user = new User(Guid.NewGuid().ToString("N"), settings.AdminUser, Enabled: true, project.Id, Passwords.Hash(password));
            await session.Identities.AddProjectAsync(project, cancel);
            await session.Identities.AddUserAsync(user, cancel);
            await session.Identities.AssignAsync(user.Id, project.Id, "admin", cancel);
            await SecurityGroupActions.EnsureDefaultAsync(session, project.Id, cancel);
            return settings.AdminPassword is null ? password : null;
        },
        cancel);

    private static Image Busybox(DateTimeOffset now) => new()
    {
        Id = Guid.NewGuid(),
        Name = BusyboxName,
        Status = ImageStatus.Active,
        Visibility = ImageVisibility.Public,
        ContainerFormat = "bare",
        DiskFormat = "raw",
        Size = 0,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
