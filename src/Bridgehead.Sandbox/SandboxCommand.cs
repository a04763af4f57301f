using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary><c>bridgehead sandbox</c>: starts the world's first process in namespaces of its own.</summary>
public static class SandboxCommand
{
    /// <summary>The hidden program that is run inside.</summary>
    public const string World = "sandbox-world";

    private static readonly string[] Programs = ["setpriv", "unshare", "nsenter", "tini", "mount", "ip", "busybox"];

    public static Task<int> RunAsync(string[] args)
    {
        if (!SandboxOptions.Parse(args).Succeeded(out var options, out var problem))
        {
            Console.Error.WriteLine($"bridgehead sandbox: {problem.Message}");
            return Task.FromResult(2);
        }

        if (options is null)
        {
            Console.Out.Write(SandboxOptions.Help);
            return Task.FromResult(0);
        }

        ProgramPath.AddSystemFolders();
        var obstacles = ProgramPath.Missing(Programs).Concat(Obstacles()).ToList();
        if (obstacles.Count > 0)
        {
            Console.Error.WriteLine($"bridgehead sandbox: {string.Join('\n', obstacles)}");
            return Task.FromResult(1);
        }

        // Not awaited and not on another thread: the death signal below is of the thread that starts the child.
        return Task.FromResult(Foreground.Run(Inside(args)));
    }

    /// <summary>
    /// When this process dies, however, the kernel kills <c>unshare</c>, with it the first process of the namespaces, and with that every other process there; the namespaces,
    /// their interfaces and their mounts go with the last process.
    /// </summary>
    private static Command Inside(string[] args)
    {
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        return new Command("setpriv",
        [
            "--pdeathsig", "KILL", "unshare", .. user, "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "--mount-proc",
            "tini", "-g", "--", Environment.ProcessPath!, World, .. args,
        ]);
    }

    private static IEnumerable<string> Obstacles()
    {
        const string Allowed = "/proc/sys/kernel/unprivileged_userns_clone";
        if (!Environment.IsPrivilegedProcess && File.Exists(Allowed) && File.ReadAllText(Allowed).Trim() == "0")
        {
            yield return "this kernel lets only root make user namespaces: run it as root, or set kernel.unprivileged_userns_clone=1";
        }
    }
}
