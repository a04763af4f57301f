using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>What a server's host is asked for: it is asked through the store, and answers there.</summary>
internal static class HostActions
{
    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All = [new("os-getConsoleOutput", ConsoleAsync)];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int MostLooks = 250;

    private static Task ConsoleAsync(ApiCall call, JsonBody body) => ServersApi.WithAsync(call, details =>
    {
        var length = body.TryInt("length");
        if (length < -1)
        {
            body.Note("Invalid input for field/attribute length: it must be -1 or more.");
        }

        return body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : AskAsync(call, details.Instance, s => s.Consoles, output => call.AnswerAsync(200, w => w.WriteString("output", LastLines(output, length))));
    });

    /// <summary>Asks the instance's host something and waits for the answer, in no transaction. Only a server that has booted has a host that knows of it.</summary>
    public static async Task AskAsync(ApiCall call, Instance instance, Func<Session, HostQuestions> questions, Func<string, Task> answer)
    {
        if (instance.Host is null || instance.VmState == VmState.Building)
        {
            await Errors.WriteAsync(call, 409, $"Instance {instance.Uuid} is not ready");
            return;
        }

        var store = call.Services.Store;
        await store.WriteAsync(
            async s =>
            {
                await questions(s).AskAsync(instance.Uuid, instance.Host, call.Cancel);
                return default(Done);
            },
            call.Cancel);
        for (var look = 0; look < MostLooks; look++)
        {
            if (await store.ReadAsync(s => questions(s).AnsweredAsync(instance.Uuid, call.Cancel), call.Cancel) is { } output)
            {
                await answer(output);
                return;
            }

            await Task.Delay(Pause, store.Clock, call.Cancel);
        }

        await store.WriteAsync(s => questions(s).GiveUpAsync(instance.Uuid, call.Cancel), call.Cancel);
        await Errors.WriteAsync(call, 409, $"Instance {instance.Uuid} is not ready: its host does not answer.");
    }

    private static string LastLines(string text, int? lines)
    {
        var all = text.TrimEnd('\n').Split('\n');
        return lines is { } n && n >= 0 && n < all.Length ? string.Join('\n', all[^n..]) : string.Join('\n', all);
    }
}
