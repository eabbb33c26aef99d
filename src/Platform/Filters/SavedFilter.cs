using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Filters;

/// <summary>Filters and order of a list under a name, for the one who saved them.</summary>
[NotAudited("a convenience of its owner, who alone sees it")]
internal sealed class SavedFilter
{
    public required long Id { get; init; }
    public required long UserId { get; init; }
    /// <summary>Path of the list: <c>/todos</c>.</summary>
    public required string Page { get; init; }
    public required string Name { get; init; }
    /// <summary>With the question mark: <c>?due=Late&amp;type=BILL-ERROR</c>.</summary>
    public required string Query { get; set; }
    public required DateTime CreatedAt { get; init; }
}

internal sealed class SavedFilterMap : IEntityTypeConfiguration<SavedFilter>
{
    public void Configure(EntityTypeBuilder<SavedFilter> builder)
    {
        builder.ToTable("saved_filter");
        builder.HasIndex(f => new { f.UserId, f.Page, f.Name }, "ux_saved_filter_name").IsUnique();
    }
}

internal sealed record SavedFilterLine(long Id, string Name, string Query);

/// <summary>Keeps the filters of a list under a name; the same name again replaces them.</summary>
internal sealed class SaveFilter(AppDb db, CurrentActor actor) : IUse<SaveFilter.Input, Added>
{
    private const int Most = 50;

    /// <param name="Page">Path of the list: <c>/todos</c>.</param>
    /// <param name="Query">With the question mark.</param>
    public sealed record Input(string? Page, string? Name, string? Query);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        var owner = actor.UserId ?? throw new ForbiddenException("a sign-in of one's own");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 60);
        if (input.Page is not { Length: > 1 and <= 200 } page || page[0] != '/' || page[1] == '/')
            problems.Add(nameof(Input.Page), "There is no such list.", "filter.page");
        if (input.Query is not { Length: > 1 and <= 2_000 } query || query[0] != '?')
            problems.Add(null, "Choose some filters first.", "filter.none");
        if (problems.Any)
            return problems;
        var mine = await db.Set<SavedFilter>().Where(f => f.UserId == owner && f.Page == input.Page).ToListAsync(ct);
        if (mine.Find(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            known.Query = input.Query!;
            await db.SaveChangesAsync(ct);
            return new Added(known.Id);
        }
        if (mine.Count >= Most)
            return new Problem(nameof(Input.Name), $"You have {Most} already: remove one first.", "filter.too_many");
        var filter = new SavedFilter { Id = db.NextId(), UserId = owner, Page = input.Page!, Name = name, Query = input.Query!, CreatedAt = db.Now };
        db.Add(filter);
        await db.SaveChangesAsync(ct);
        return new Added(filter.Id);
    }
}

internal sealed class RemoveFilter(AppDb db, CurrentActor actor) : IUse<RemoveFilter.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await db.Set<SavedFilter>().SingleOrDefaultAsync(f => f.Id == input.Id && f.UserId == actor.UserId, ct) is not { } filter)
            return Problem.NotFound("The filter");
        db.Remove(filter);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>One's own filters of a list, by name.</summary>
internal sealed class ListFilters(AppDb db, CurrentActor actor) : IUse<ListFilters.Input, IReadOnlyList<SavedFilterLine>>
{
    public sealed record Input(string Page);

    public async Task<Outcome<IReadOnlyList<SavedFilterLine>>> Handle(Input input, CancellationToken ct) =>
        Outcome<IReadOnlyList<SavedFilterLine>>.Of(actor.UserId is not { } owner ? []
            : await db.Set<SavedFilter>().AsNoTracking().Where(f => f.UserId == owner && f.Page == input.Page).OrderBy(f => f.Name).Select(f => new SavedFilterLine(f.Id, f.Name, f.Query)).ToListAsync(ct));
}
