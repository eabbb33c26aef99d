namespace Tieline.Platform.Uses;

/// <summary>A page of a list.</summary>
/// <param name="Next">Opaque cursor of the next page; null at the end.</param>
/// <param name="Total">Exact count where it is cheap to know; otherwise null.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null, long? Total = null);
