namespace Bridgehead.Sandbox;

/// <summary>The sandbox's helper <c>outside COMMAND ...</c>: runs a command on the outside network and has its exit status.</summary>
public static class OutsideCommand
{
    public static Task<int> RunAsync(string[] args) => OutsideNetwork.RunAsync(args);
}
