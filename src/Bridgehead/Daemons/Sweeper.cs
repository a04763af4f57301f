using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>nova-api's housekeeping: every minute, the store forgets changes that every living daemon has read long ago, and tokens that have expired, and uploads of images that broke off are cleared away.</summary>
internal sealed partial class Sweeper(Database store, NovaSettings settings, ILogger<Sweeper> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(Every, store.Clock, cancel);
            try
            {
                await store.WriteAsync(
                    async session =>
                    {
                        await session.ForgetAsync(store.Now - Kept, cancel);
                        return true;
                    },
                    cancel);
                await new ImageHousekeeping(store, settings).RunAsync(cancel);
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested)
            {
                Failed(log, problem.Message, problem);
            }
        }
    }

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "the store could not be tidied, trying again in a minute: {Reason}")]
    private static partial void Failed(ILogger log, string reason, Exception problem);
}
