namespace Tieline.Platform.Live;

/// <param name="Key">Of what rings, unique: rung for once in each browser.</param>
/// <param name="Href">The page on which it is answered; until then it stays.</param>
public sealed record Ring(string Key, string Text, string Href, string Icon);

/// <summary>What must be known at once by whoever acts: shown above every page they have open, and rung for. Rooms register what of theirs rings.</summary>
public interface IRings
{
    /// <summary>Told to browsers that are to ask again.</summary>
    public const string Topic = "urgent";

    /// <summary>Newest first; asked with every page, so one SELECT.</summary>
    Task<IReadOnlyList<Ring>> Now(CancellationToken ct);
}
