using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>One call of <c>nova-manage trace</c>: stories go to standard output, what is told of the session itself to standard error.</summary>
internal sealed class TraceSession(ManageCall call, IPacketTrace trace, LiveView view)
{
    private int _told;

    /// <summary>Ends after so many packets or seconds, or when the call is cancelled: that is an end like the others.</summary>
    public async Task RunAsync(int count, int? seconds)
    {
        using var time = new CancellationTokenSource(seconds is { } limit ? TimeSpan.FromSeconds(limit) : Timeout.InfiniteTimeSpan, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, time.Token);
        await using var wake = stop.Token.Register(trace.Wake);
        try
        {
            await view.ReadRulesAsync(trace, call.Cancel);
            await call.Error.WriteLineAsync($"{(trace.Blind is { } blind ? $"{blind}\n" : "")}following {Words()}; Ctrl-C ends it");
            while (_told < count && !stop.IsCancellationRequested)
            {
                await TellAsync(await Task.Run(trace.Wait, CancellationToken.None), count);
            }

            await TellAsync(trace.Rest(), count);
        }
        catch (OperationCanceledException) when (call.Cancel.IsCancellationRequested)
        {
            // Somebody wants no more: what was told stands.
        }

        await call.Error.WriteLineAsync($"{(_told == 1 ? "1 packet" : $"{_told} packets")} followed{Losses()}");
    }

    private async Task TellAsync(IReadOnlyList<PacketWay> ways, int count)
    {
        foreach (var way in ways.Take(count - _told))
        {
            // What was followed is told to its end, also after Ctrl-C.
            await view.ReadRulesAsync(trace, CancellationToken.None);
            var explanation = view.Explain(way, trace.Blind is not null);
            if (call.Has("json"))
            {
                await call.Output.WriteLineAsync(StoryJson.Of(view.Cloud, explanation, indented: false));
            }
            else
            {
                var lines = new Story(view.Cloud, explanation, all: false).Lines();
                await call.Output.WriteLineAsync($"{(_told > 0 ? "\n" : "")}{string.Join('\n', lines)}");
            }

            await call.Output.FlushAsync(CancellationToken.None);
            _told++;
        }
    }

    /// <summary>What was asked for, in the words in which it was.</summary>
    private string Words()
    {
        var words = new[] { "from", "to", "proto", "port", "icmp_type", "via" }.Where(call.Has).Select(name => $"{name} {call[name]}").ToList();
        return $"{(words.Count == 0 ? "every packet" : $"packets {SafeText.Line(string.Join(' ', words))}")}{(call.Has("replies") ? " and their answers" : "")}";
    }

    private string Losses() => trace.Losses == 0 ? "" : $"; {(trace.Losses == 1 ? "once" : $"{trace.Losses} times")} the kernel told more than could be taken, so some ways have gaps";
}
