namespace Bridgehead.Cli;

/// <summary>What the server's status is called.</summary>
internal static class ServerStatus
{
    public const string Active = "active";
    public const string Error = "error";
}

/// <summary>Waits for a server's status, and shows how far it is.</summary>
internal static class Polling
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Asks often at first, since most servers here are up within a second, and seldom later.</summary>
    public static async Task WaitAsync(Call call, string id, string action, string wanted)
    {
        for (var pause = First; ; pause = pause * 1.5 < Longest ? pause * 1.5 : Longest)
        {
            var server = (await call.Compute.GetAsync($"servers/{id}")).Member("server");
            var status = server.Text("status")?.ToLowerInvariant();
            var progress = status == wanted ? 100 : server.Int("progress") ?? 0;
            call.Terminal.Progress($"Server {action}... {progress}% complete");
            if (status == wanted)
            {
                call.Terminal.Show("\nFinished");
                return;
            }

            if (status == ServerStatus.Error)
            {
                call.Terminal.Show($"\nError {action} server");
                throw new CommandException(server.Member("fault").Text("message") ?? $"Server {id} is in error state.", "ResourceInErrorState");
            }

            await Task.Delay(pause, call.Surroundings.Clock);
        }
    }
}
