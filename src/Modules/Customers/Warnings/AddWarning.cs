using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Warnings;

/// <summary>Warns those who go to a person or a premise. Why, from whom it is known, and when to look again must be said.</summary>
internal sealed class AddWarning(AppDb db, CurrentActor actor, WarningDays days, ITimeline timeline, IEvents events, RecordsInSight records) : IUse<AddWarning.Input, Added>
{
    public const int MaxReason = 2_000;

    /// <summary>Exactly one of the two ids.</summary>
    public sealed record Input(long? PersonId, long? PremiseId, WarningKind? Kind, string? Reason, string? Source, DateOnly? ReviewOn);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Warnings);
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(async () => await Add(input with
        {
            // Of what was merged, the survivor; nothing else is merged before it is stored.
            PremiseId = input.PremiseId is { } place ? await db.Shared("premise", place, ct) ?? place : null,
            PersonId = input.PersonId is { } who ? await db.Shared("person", who, ct) ?? who : null,
        }, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Add(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var kind = problems.Choice(nameof(Input.Kind), "Kind of warning", input.Kind);
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, MaxReason);
        var source = problems.Text(nameof(Input.Source), "Source", input.Source, 200);
        var review = await days.Review(problems, nameof(Input.ReviewOn), input.ReviewOn, ct);
        if ((input.PersonId is null) == (input.PremiseId is null))
            problems.Add(null, "A warning is about one person or one premise.", "warning.about");
        else if (input.PersonId is { } person && !await db.Set<Person>().AnyAsync(p => p.Id == person, ct))
            problems.Add(nameof(Input.PersonId), "This person is not known.", "person.unknown");
        else if (input.PremiseId is { } premise && !await db.Set<Premise>().AnyAsync(p => p.Id == premise, ct))
            problems.Add(nameof(Input.PremiseId), "This premise is not known.", "premise.unknown");
        if (problems.Any)
            return problems;
        if (input.PersonId is { } warned)
            await records.OwnWordsAbout(warned, ct);

        var warning = new Warning(db.NextId(), input.PersonId, input.PremiseId, kind, reason, source, review, db.Actor.Ref, db.Now, db.NextId());
        db.Add(warning);
        timeline.Tell(new RecordRef("warning", warning.Id), WarningLines.Word, db.Now, $"Warning: {WarningWords.Of(kind)}", reason, false, input.PersonId, null, input.PremiseId);
        await events.Publish(new WarningAdded(warning.Id, input.PersonId, input.PremiseId, kind.ToString()), ct, warning.About);
        await db.SaveChangesAsync(ct);
        return new Added(warning.Id);
    }
}

/// <summary>The day on which a warning is looked at again: to come, and not too far away.</summary>
internal sealed class WarningDays(ISettings settings, IUtilityClock clock)
{
    public static readonly SettingKey<int> MostMonths = new("customers.warning_review_months", 12, "Months after which a warning is looked at again at the latest", SettingRules.Between(1, 60));

    public async Task<DateOnly> Latest(CancellationToken ct) => (await clock.Today(ct)).AddMonths(await settings.Get(MostMonths, ct));

    public async Task<DateOnly> Review(Problems problems, string field, DateOnly? on, CancellationToken ct)
    {
        var latest = await Latest(ct);
        if (on is null)
            problems.List.Add(Problem.Required(field, "The day of the review"));
        else if (on <= await clock.Today(ct))
            problems.Add(field, "The review lies in the future.", "date.past");
        else if (on > latest)
            problems.Add(field, $"A warning is looked at again by {latest:d MMM yyyy} at the latest.", "warning.review_too_late");
        return on ?? default;
    }
}

internal static class WarningWords
{
    public static string Of(WarningKind kind) => kind switch
    {
        WarningKind.TwoPeople => "go with two people",
        _ => kind.ToString().ToLowerInvariant(),
    };

    public static string Of(string kind) => Of(Enum.Parse<WarningKind>(kind));
}
