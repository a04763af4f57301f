using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>The metadata service as an instance asks it, by its address and through the host's rules, beside nginx on the same host with a file of the same size.</summary>
internal static class MetadataFigures
{
    private const string State = "/run/bridgehead/state";
    private const string Nginx = "/run/nginx";
    private const int Port = 8080;
    private const int Connections = 16;
    private const int Rounds = 4;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    /// <summary>A short text, and the largest document that an ordinary boot reads, which is made anew for each answer: it has random bytes.</summary>
    private static readonly (string Name, string Path)[] Documents =
    [
        ("meta-data/instance-id", "/latest/meta-data/instance-id"),
        ("meta_data.json", "/openstack/latest/meta_data.json"),
    ];

    public static async Task RunAsync()
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        using var cloud = await CloudClient.LoginAsync();
        var inside = await InsideAsync(await cloud.BootAsync("one"));
        StartNginx();
        foreach (var (name, path) in Documents)
        {
            var (ours, theirs) = (new Uri("http://169.254.169.254" + path), new Uri($"http://192.168.1.90:{Port}/{name}"));
            await CopyAsync(inside, ours, $"{Nginx}/web/{name}");
            await CompareAsync(name, inside, ours, theirs);
        }
    }

    /// <summary>One after the other, in turns, so that what else happens on this machine is shared by both.</summary>
    private static async Task CompareAsync(string name, IReadOnlyList<string> inside, Uri ours, Uri theirs)
    {
        var (metadata, nginx) = (new List<Traffic>(), new List<Traffic>());
        for (var round = 0; round < Rounds; round++)
        {
            metadata.Add(await Wrk.RunAsync(ours, Connections, Time, inside: inside));
            nginx.Add(await Wrk.RunAsync(theirs, Connections, Time, inside: inside));
        }

        new Row($"metadata service, {name}, requests, beside nginx with a file of that size", Median(metadata), "/s", Median(nginx), new Target(LeastRatio: 0.5)).Print();
        new Row("  p99", metadata.Select(run => run.P99).Median(), "ms", nginx.Select(run => run.P99).Median()).Print();
    }

    private static double Median(List<Traffic> runs) => runs.Select(run => run.PerSecond).Median();

    /// <summary>A way into the instance's network, once it has its address.</summary>
    private static async Task<IReadOnlyList<string>> InsideAsync(string id)
    {
        while (!(await File.ReadAllTextAsync($"{State}/instances/{id}/console.log")).Contains("init: ready", StringComparison.Ordinal))
        {
            await Task.Delay(20);
        }

        var pid = (await File.ReadAllTextAsync($"{State}/instances/{id}/pid")).Split(' ')[0];
        return ["nsenter", string.Create(CultureInfo.InvariantCulture, $"--net=/proc/{pid}/ns/net"), "--"];
    }

    private static Task<double> CopyAsync(IReadOnlyList<string> inside, Uri from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        return CloudClient.RunAsync(inside[0], [.. inside.Skip(1), "busybox", "wget", "-q", "-O", to, from.AbsoluteUri]);
    }

    /// <summary>A process for each core, which ends with the sandbox; what it would not need for this, such as a log, is off.</summary>
    private static void StartNginx()
    {
        Directory.CreateDirectory($"{Nginx}/logs");
        File.WriteAllText($"{Nginx}/nginx.conf", $$"""
            user root;
            worker_processes auto;
            pid {{Nginx}}/pid;
            error_log {{Nginx}}/logs/error.log;
            events { worker_connections 1024; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 100000000;
              open_file_cache max=100;
              client_body_temp_path {{Nginx}}/logs; proxy_temp_path {{Nginx}}/logs; fastcgi_temp_path {{Nginx}}/logs; uwsgi_temp_path {{Nginx}}/logs; scgi_temp_path {{Nginx}}/logs;
              server { listen {{Port}}; root {{Nginx}}/web; default_type text/plain; }
            }

            """);
        Self.Require("nginx", ["-p", Nginx, "-c", $"{Nginx}/nginx.conf"]);
    }
}
