using System.Globalization;
using Bridgehead.Model;

namespace Bridgehead.Benchmarks;

/// <summary>One end of the packets' way, as a process of its own in a network namespace of its own: it does what it is told by lines of input, and answers each with a line.</summary>
internal static class LoadProcess
{
    public static void Run(string role)
    {
        if (role == "server")
        {
            LoadServer.Start();
        }

        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(Answer(line.Split(' ')));
        }
    }

    private static string Answer(string[] words)
    {
        switch (words)
        {
            case ["ip", .. var arguments]:
                Self.Require("ip", arguments);
                return "done";
            case ["cpu"]:
                return Environment.CpuUsage.TotalTime.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);
            case [var load, var address, var milliseconds]:
                var time = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));
                return LoadClient.Run(load, Ip.Parse(address), time).ToString(CultureInfo.InvariantCulture);
            default:
                throw new ArgumentException($"'{string.Join(' ', words)}' is nothing that can be done here", nameof(words));
        }
    }
}
