using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Holding servers still and letting them go on; and an administrator's word on what state one is in.</summary>
public sealed class ServerStates(Database store)
{
    /// <summary>It keeps its memory and hears and says nothing more.</summary>
    public Task<Outcome<Instance>> PauseAsync(Caller caller, Guid uuid, CancellationToken cancel) => SetAsync(caller, uuid, ("pause", [VmState.Active]), VmState.Paused, TaskState.Pausing, cancel);

    public Task<Outcome<Instance>> UnpauseAsync(Caller caller, Guid uuid, CancellationToken cancel) => SetAsync(caller, uuid, ("unpause", [VmState.Paused]), null, TaskState.Unpausing, cancel);

    /// <summary>As a pause: no driver here writes memory to disk, so a suspended server does not outlive its host.</summary>
    public Task<Outcome<Instance>> SuspendAsync(Caller caller, Guid uuid, CancellationToken cancel) =>
        SetAsync(caller, uuid, ("suspend", [VmState.Active]), VmState.Suspended, TaskState.Suspending, cancel);

    public Task<Outcome<Instance>> ResumeAsync(Caller caller, Guid uuid, CancellationToken cancel) => SetAsync(caller, uuid, ("resume", [VmState.Suspended]), null, TaskState.Resuming, cancel);

    /// <summary>
    /// Sets vm_state to active or error whatever it was, and forgets what was being done. Active also takes back a pause and settles a resize; what the host sees then corrects it. Error stays until a reboot, a
    /// rebuild or another word.
    /// </summary>
    public Task<Outcome<Done>> ResetAsync(Caller caller, Guid uuid, string state, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (state is not (VmState.Active or VmState.Error))
            {
                return Problem.Bad($"Invalid input for field/attribute state: '{state}' is not one of ['active', 'error']");
            }

            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            if (instance.DeleteRequested)
            {
                return OwnServer.WrongState(instance, "resetState");
            }

            var set = instance with { VmState = state, TaskState = null };
            if (state == VmState.Active)
            {
                set = set with { Frozen = null, Before = null };
                await session.Flavors.ForgetFormerAsync(uuid, cancel);
                await session.ServerMigrations.EndAsync(uuid, ServerMigrations.Confirmed, cancel);
            }

            await session.Instances.SaveAsync(set, cancel);
            await session.ServerEvents.FinishAsync(uuid, "The state was reset by an administrator.", cancel);
            return default(Done);
        },
        cancel);

    private Task<Outcome<Instance>> SetAsync(Caller caller, Guid uuid, (string Name, IReadOnlyList<string> States) action, string? frozen, string task, CancellationToken cancel) =>
        OwnServer.ChangeAsync(store, caller, uuid, action, (_, i) => Task.FromResult<Outcome<Instance>>(i with { Frozen = frozen, TaskState = task }), cancel);
}
