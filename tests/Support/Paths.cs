namespace Tieline.Tests.Support;

/// <summary>Where tests find the project's own files, and the real data that lies beside the project.</summary>
public static class Paths
{
    public static string Project { get; } = Above(AppContext.BaseDirectory, d => File.Exists(Path.Combine(d, "Tieline.slnx")));

    public static string InProject(params string[] parts) => Path.Combine([Project, .. parts]);

    /// <exception cref="DirectoryNotFoundException">The real data is not beside the project.</exception>
    public static string InSharedData(params string[] parts) =>
        Path.Combine([Above(Project, d => Directory.Exists(Path.Combine(d, "shared", "data"))), "shared", "data", .. parts]);

    private static string Above(string start, Func<string, bool> found)
    {
        for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
        {
            if (found(at.FullName))
                return at.FullName;
        }
        throw new DirectoryNotFoundException($"Nothing fitting above {start}.");
    }
}
