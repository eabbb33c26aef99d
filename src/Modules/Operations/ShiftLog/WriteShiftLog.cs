using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.ShiftLog;

/// <summary>Writes a line for those who come later.</summary>
internal sealed class WriteEntry(AppDb db, CurrentActor actor, IEnumerable<RecordPage> pages) : IUse<WriteEntry.Input, Added>
{
    /// <param name="About">A record, <c>batch_run:12</c>; null for none.</param>
    public sealed record Input(string? Text, string? About = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.WriteLog);
        var problems = new Problems();
        var text = problems.Lines(nameof(Input.Text), "Text", input.Text, ShiftEntry.LongestText);
        RecordRef? about = null;
        if (TypedText.OneLineOrNull(input.About, 100) is { } typed)
        {
            if (RecordRef.TryParse(typed, out var subject) && pages.Any(p => p.Kind == subject.Kind))
                about = subject;
            else
                problems.Add(nameof(Input.About), "A record is written as its kind and number: batch_run:12.", "log.about");
        }
        if (problems.Any)
            return problems;
        var entry = new ShiftEntry
        {
            Id = db.NextId(), Kind = ShiftEntryKind.Note, At = db.Now, Author = db.Actor.Ref, Text = text, Words = SearchText.Fold(text), Subject = about,
        };
        db.Add(entry);
        await db.SaveChangesAsync(ct);
        return new Added(entry.Id);
    }
}

/// <summary>Hands the shift over, with all that is open at this moment.</summary>
internal sealed class HandOver(AppDb db, CurrentActor actor, LookAtOpen open) : IUse<HandOver.Input, Added>
{
    public sealed record Input(string? Text = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.WriteLog);
        var problems = new Problems();
        var text = problems.Lines(nameof(Input.Text), "Text", input.Text, ShiftEntry.LongestText, required: false);
        if (problems.Any)
            return problems;
        var looked = await open.Handle(new(), ct);
        if (!looked.Ok)
            return Outcome<Added>.Broken(looked.Problems);
        var entry = new ShiftEntry
        {
            Id = db.NextId(), Kind = ShiftEntryKind.HandOver, At = db.Now, Author = db.Actor.Ref, Text = text, Words = SearchText.Fold($"hand-over {text}"), Open = string.Join('\n', looked.Value.Select(l => l.Text)),
        };
        db.Add(entry);
        await db.SaveChangesAsync(ct);
        return new Added(entry.Id);
    }
}

/// <summary>The next shift says that it has taken over; the first one who says so has.</summary>
internal sealed class TakeOverShift(AppDb db, CurrentActor actor) : IUse<TakeOverShift.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.WriteLog);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await db.Hold("shift_log", [input.Id], ct);
            if (await db.Set<ShiftEntry>().SingleOrDefaultAsync(e => e.Id == input.Id && e.Kind == ShiftEntryKind.HandOver, ct) is not { } entry)
                return Problem.NotFound("The hand-over");
            if (entry.TakenOverBy is { } by)
                return by.Is(actor.Actor) ? Done.It : new Problem(null, $"{by.Name} has taken over already.", "log.taken_over");
            if (entry.Author.Is(actor.Actor))
                return new Problem(null, "You handed this over yourself: the next one takes it over.", "log.own");
            entry.TakeOver(actor.Actor.Ref, db.Now);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}
