using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Warnings;

/// <summary>Someone has looked whether a warning is still true: it stands until another day, or it ends. What was stays on record.</summary>
internal sealed class ReviewWarning(AppDb db, CurrentActor actor, WarningDays days, ITimeline timeline, IEvents events, RecordsInSight records) : IUse<ReviewWarning.Input, Done>
{
    /// <param name="Result">Whether it stands until <paramref name="ReviewOn"/>, or ends.</param>
    public sealed record Input(long Id, int Version, WarningResult? Result, string? Comment, DateOnly? ReviewOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Warnings);
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Warning>().Include(w => w.Reviews).SingleOrDefaultAsync(w => w.Id == input.Id, ct) is not { } warning)
            return Problem.NotFound("The warning");
        if (warning.PersonId is { } warned)
            await records.OwnWordsAbout(warned, ct);
        var problems = new Problems();
        if (warning.EndedAt is not null)
            problems.Add(null, "This warning has ended.", "warning.ended");
        var result = problems.Choice(nameof(Input.Result), "What the review said", input.Result);
        var comment = problems.Lines(nameof(Input.Comment), "Why", input.Comment, AddWarning.MaxReason);
        var until = input.Result is WarningResult.Extended ? await days.Review(problems, nameof(Input.ReviewOn), input.ReviewOn, ct) : default;
        if (problems.Any)
            return problems;

        db.Expect(warning, input.Version);
        var done = result == WarningResult.Ended
            ? warning.End(db.Actor.Ref, db.Now, comment)
            : warning.Extend(db.Actor.Ref, db.Now, comment, until, db.NextId());
        timeline.Tell(
            new RecordRef("warning", warning.Id), WarningLines.Word, db.Now,
            result == WarningResult.Ended ? $"Warning ended: {WarningWords.Of(warning.Kind)}" : $"Warning stands until {until:d MMM yyyy}: {WarningWords.Of(warning.Kind)}",
            comment, false, warning.PersonId, null, warning.PremiseId);
        await events.Publish(new WarningReviewed(warning.Id, done.Id, result == WarningResult.Ended), ct, warning.About);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
