namespace Tieline.Platform.Security;

/// <summary>Where a sign-in leads: within this house only.</summary>
internal static class LocalPath
{
    /// <returns>The path and query when it is one of this site; otherwise <c>/</c>.</returns>
    public static string OrHome(string? path) =>
        path is ['/', ..] and not (['/', '/', ..] or ['/', '\\', ..]) && path.Length <= 2000 && !path.Any(char.IsControl) ? path : "/";
}
