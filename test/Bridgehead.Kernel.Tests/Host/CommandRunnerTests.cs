using System.Diagnostics;
using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The host's programs, well-behaved and otherwise.</summary>
public sealed class CommandRunnerTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly CommandRunner _runner = new();

    [Fact]
    public async Task Both_outputs_and_the_input_may_be_larger_than_any_pipe()
    {
        var input = new string('x', 1 << 20);
        var result = await _runner.RunAsync(Shell("head -c 300000 /dev/zero | tr '\\0' e >&2; cat; head -c 300000 /dev/zero | tr '\\0' e >&2; exit 7") with { Input = input }, Never);
        result.Should().BeEquivalentTo(new CommandResult(7, input, new string('e', 600000)));
    }

    [Fact]
    public async Task Arguments_and_variables_arrive_as_they_are()
    {
        string[] words = ["", " ", "a b", "*", "$HOME", "`id`", "'", "\"", "\n", "\\", "-n", "é", ";reboot"];
        var printed = await _runner.RequireAsync(new Command("bash", ["-c", "printf '%s|' \"$WORD\" \"$@\"", "bash", .. words]) { Environment = new Dictionary<string, string> { ["WORD"] = "a $b\nc" } }, Never);
        printed.Should().Be($"a $b\nc|{string.Join('|', words)}|");
    }

    [Fact]
    public async Task A_program_that_does_not_read_its_input_may_end_as_it_likes()
    {
        var input = new string('x', 1 << 20);
        (await _runner.RunAsync(new Command("true", []) { Input = input }, Never)).ExitCode.Should().Be(0);
        (await _runner.RunAsync(Shell("echo no >&2; exit 3") with { Input = input }, Never)).Should().BeEquivalentTo(new CommandResult(3, "", "no\n"));
    }

    [Fact]
    public async Task The_time_limit_holds_for_a_program_that_never_reads_its_input() => await EndedAsync(Shell("exec sleep 1000") with { Input = new string('x', 1 << 20) });

    [Fact]
    public async Task With_a_program_that_takes_too_long_everything_it_started_ends() =>
        await EndedAsync(Shell("sleep 1001 & (sleep 1002 & sleep 1003; true) & trap '' TERM HUP; sleep 1004; sleep 1005"));

    /// <summary>A child that nobody is the parent of any more cannot be told from other processes: it stays.</summary>
    [Fact]
    public async Task An_orphan_that_keeps_the_outputs_open_is_not_waited_for_longer_than_the_limit()
    {
        await IsLateAsync(Shell("sleep 1006 & echo $! >/run/orphan"));
        World.Run("kill $(cat /run/orphan)");
    }

    [Fact]
    public async Task Who_gives_up_ends_the_program_too()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        await FluentActions.Awaiting(() => _runner.RunAsync(Shell("sleep 1007 & sleep 1008"), stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        await NoneLeftAsync();
    }

    [Fact]
    public async Task A_program_that_is_not_there_and_a_file_that_is_no_program_are_named()
    {
        await FluentActions.Awaiting(() => _runner.RunAsync(new Command("conntrack-x", []), Never)).Should().ThrowAsync<CommandFailedException>().WithMessage("conntrack-x is not installed: install it");
        await FluentActions.Awaiting(() => _runner.RunAsync(new Command("/etc/passwd", ["x"]), Never)).Should().ThrowAsync<CommandFailedException>().WithMessage("'/etc/passwd x' cannot be started: *");
        CommandRunner.Missing("dnsmasq").Should().Be("dnsmasq is not installed: apt-get install dnsmasq-base");
    }

    [Fact]
    public async Task A_failure_says_what_was_run_with_which_input_and_what_it_answered() =>
        await FluentActions.Awaiting(() => _runner.RequireAsync(new Command("ip", ["-batch", "-"]) { Input = "link del dev nobody\n" }, Never))
            .Should().ThrowAsync<CommandFailedException>().WithMessage("'ip -batch -' exited with 1: Cannot find device \"nobody\"*input:\nlink del dev nobody\n");

    [Fact]
    public void A_program_in_the_foreground_has_its_exit_status_or_its_signals()
    {
        Foreground.Run(Shell("exit 5")).Should().Be(5);
        Foreground.Run(Shell("kill -KILL $$")).Should().Be(128 + 9);
        FluentActions.Invoking(() => Foreground.Run(new Command("conntrack-x", []))).Should().Throw<CommandFailedException>().WithMessage("conntrack-x is not installed*");
    }

    private static Command Shell(string line) => new("bash", ["-c", line]);

    private async Task EndedAsync(Command command)
    {
        await IsLateAsync(command);
        await NoneLeftAsync();
    }

    private async Task IsLateAsync(Command command)
    {
        var clock = Stopwatch.StartNew();
        await FluentActions.Awaiting(() => _runner.RunAsync(command with { Timeout = TimeSpan.FromSeconds(0.3) }, Never)).Should().ThrowAsync<CommandFailedException>().WithMessage("*did not finish in 0.3 s and was ended");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    /// <summary>This namespace of processes is ours: nobody else sleeps so long.</summary>
    private static Task NoneLeftAsync() => World.UntilAsync(() => Task.FromResult(World.Try("pgrep -af 'sleep 100[0-9]' | grep -v -e pgrep -e bash").Output is { Length: > 0 } left ? left : null));
}
