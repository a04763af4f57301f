namespace Bridgehead.Testing;

/// <summary>Files with what a text should be, read by people in review. UPDATE_GOLDEN=1 writes them anew.</summary>
public static class Golden
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Throws, with the first line that differs, unless <paramref name="actual"/> is exactly the file's text. The path is relative to the solution.</summary>
    public static void Matches(string actual, string path)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"there is no {path}; UPDATE_GOLDEN=1 writes it");
        }

        var expected = File.ReadAllText(file);
        if (expected != actual)
        {
            throw new InvalidOperationException($"{path} differs, first at {FirstDifference(expected, actual)}");
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (want, have) = (expected.Split('\n'), actual.Split('\n'));
        var i = 0;
        while (i < want.Length && i < have.Length && want[i] == have[i])
        {
            i++;
        }

        return $"line {i + 1}:\n  file: {want.ElementAtOrDefault(i) ?? "(ends)"}\n  now:  {have.ElementAtOrDefault(i) ?? "(ends)"}";
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Bridgehead.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests are not run from inside the solution's folder");
    }
}
