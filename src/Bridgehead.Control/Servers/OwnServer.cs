using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>The server that somebody wants to change, inside a transaction: theirs, not locked against them, and in a state that allows it.</summary>
internal static class OwnServer
{
    /// <summary>States in which a server's texts may be changed.</summary>
    public static readonly string[] Settled = [VmState.Active, VmState.Paused, VmState.Suspended, VmState.Stopped];

    /// <summary>The row, locked until the transaction ends.</summary>
    public static async Task<Outcome<Instance>> FindAsync(Session session, Caller caller, Guid uuid, CancellationToken cancel) =>
        Checked(await session.Instances.LockAsync(uuid, cancel), caller, uuid);

    /// <summary>As the other, and nothing is being done to it, and its vm_state is one of these.</summary>
    public static async Task<Outcome<Instance>> FindAsync(Session session, Caller caller, Guid uuid, string action, IReadOnlyList<string> states, CancellationToken cancel)
    {
        var found = await FindAsync(session, caller, uuid, cancel);
        return found.Succeeded(out var instance, out var problem) ? Allowed(instance, action, states) is { } refused ? refused : instance : problem;
    }

    /// <summary>As the others, for who will change nothing.</summary>
    public static async Task<Outcome<Instance>> PeekAsync(Session session, Caller caller, Guid uuid, string action, IReadOnlyList<string> states, CancellationToken cancel)
    {
        var found = Checked(await session.Instances.FindAsync(uuid, cancel), caller, uuid);
        return found.Succeeded(out var instance, out var problem) ? Allowed(instance, action, states) is { } refused ? refused : instance : problem;
    }

    /// <summary>Changes it as a user wants, and puts the action down in its history, to be finished by its host unless that has nothing to do.</summary>
    public static Task<Outcome<Instance>> ChangeAsync(
        Database store, Caller caller, Guid uuid, (string Name, IReadOnlyList<string> States) action, Func<Session, Instance, Task<Outcome<Instance>>> change, CancellationToken cancel) =>
        store.TryWriteAsync<Instance>(
            async session =>
            {
                var found = await FindAsync(session, caller, uuid, action.Name, action.States, cancel);
                if (!found.Succeeded(out var instance, out var problem) || !(await change(session, instance)).Succeeded(out var changed, out problem))
                {
                    return problem!;
                }

                await session.Instances.SaveAsync(changed, cancel);
                await RecordAsync(session, caller, uuid, action.Name, finished: changed.TaskState is null, cancel);
                return changed;
            },
            cancel);

    /// <summary>The refusal when the server is in another state than these, or something is being done to it, or it is nowhere.</summary>
    public static Problem? Allowed(Instance i, string action, IReadOnlyList<string> states) =>
        i.TaskState is null && states.Contains(i.VmState) && i.Host is not null ? null : WrongState(i, action);

    public static Problem WrongState(Instance i, string action) =>
        Problem.Conflicting($"Cannot '{action}' instance {i.Uuid} while it is in {(i.TaskState is { } task ? $"task_state {task}" : $"vm_state {i.VmState}")}");

    public static Problem NotFound(Guid uuid) => Problem.Missing($"Instance {uuid} could not be found.");

    private static Outcome<Instance> Checked(Instance? found, Caller caller, Guid uuid) =>
        found is not { } instance || (instance.ProjectId != caller.ProjectId && !caller.IsAdmin) ? NotFound(uuid)
        : instance.Locked && !caller.IsAdmin ? Problem.Conflicting($"Instance {uuid} is locked")
        : instance;

    public static Task RecordAsync(Session session, Caller caller, Guid uuid, string action, bool finished, CancellationToken cancel) => caller.RequestId is { } request
        ? session.ServerEvents.AddAsync(uuid, action, (request, caller.UserId, caller.ProjectId), finished, cancel)
        : Task.CompletedTask;
}
