using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Pure.Tests.Host;

public sealed class FileLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-lock-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task One_at_a_time_has_it()
    {
        var (inside, most, turns) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            using var one = await TakeAsync();
            most = Math.Max(most, ++inside);
            await Task.Yield();
            inside--;
            turns++;
        })));
        most.Should().Be(1);
        turns.Should().Be(20);
    }

    [Fact]
    public async Task Who_waits_may_give_up()
    {
        using var one = await TakeAsync();
        using var stop = new CancellationTokenSource();
        var other = TakeAsync(stop.Token);
        await stop.CancelAsync();
        await FluentActions.Awaiting(() => other).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_place_where_no_lock_can_be_is_a_failure_and_not_waited_for()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "locks", "one"));
        await FluentActions.Awaiting(() => TakeAsync()).Should().ThrowAsync<UnauthorizedAccessException>();
        var longName = Path.Combine(_folder.FullName, new string('x', 300));
        await FluentActions.Awaiting(() => FileLock.TakeAsync(longName, TimeProvider.System, default)).Should().ThrowAsync<IOException>();
    }

    private Task<FileLock> TakeAsync(CancellationToken cancel = default) => FileLock.TakeAsync(Path.Combine(_folder.FullName, "locks", "one"), TimeProvider.System, cancel);
}
