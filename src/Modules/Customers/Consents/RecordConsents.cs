using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Consents;

/// <summary>Keeps what a person answered: for which purpose, on which channel. What is not named stays as it is; what was is never deleted.</summary>
internal sealed class RecordConsents(AppDb db, CurrentActor actor, RecordedConsents consents, RecordsInSight records) : IUse<RecordConsents.Input, Done>
{
    public sealed record Cell(ConsentPurpose? Purpose, ConsentChannel? Channel, ConsentAnswer? Answer);

    /// <param name="Source">From where the answers came.</param>
    public sealed record Input(long PersonId, IReadOnlyList<Cell>? Consents, ConsentSource? Source, string? Comment = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.SurvivorOf(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { PersonId = person };
        if (input.Consents is { Count: > 0 } said && said.All(c => c?.Answer is ConsentAnswer.Refused))
            await records.ProtectionOf(input.PersonId, ct);
        else if (await records.Seen(input.PersonId, AuthorisationScope.Changes, ct) is { } unseen)
            return unseen;
        var problems = new Problems();
        var source = problems.Choice(nameof(Input.Source), "Source", input.Source);
        if (input.Source == ConsentSource.Stop)
            problems.Add(nameof(Input.Source), "Stopped messages are no answer of the customer.", "consent.source");
        var comment = problems.Text(nameof(Input.Comment), "Comment", input.Comment, RecordedConsents.MaxComment, required: false);
        if (input.Consents is null or { Count: 0 })
            problems.List.Add(Problem.Required(nameof(Input.Consents), "The answer"));
        var died = await ReportedDeath.Of(db, input.PersonId, ct) is not null;
        var answers = new Dictionary<(ConsentPurpose, ConsentChannel), RecordedConsents.Answer>();
        for (var i = 0; i < input.Consents?.Count; i++)
        {
            var (at, cell) = ($"{nameof(Input.Consents)}[{i}]", input.Consents[i]);
            var purpose = problems.Choice($"{at}.{nameof(Cell.Purpose)}", "Purpose", cell?.Purpose);
            var channel = problems.Choice($"{at}.{nameof(Cell.Channel)}", "Channel", cell?.Channel);
            var answer = problems.Choice($"{at}.{nameof(Cell.Answer)}", "Answer", cell?.Answer);
            if (answer == ConsentAnswer.Given && RecordedConsents.Stopped(purpose, channel) && died)
                problems.Add($"{at}.{nameof(Cell.Answer)}", "A death was reported: nothing goes out by itself any more. If it was a mistake, take the report back first.", "consent.died");
            if (!problems.Any && !answers.TryAdd((purpose, channel), new(purpose, channel, answer)))
                problems.Add(at, "There are two answers for the same purpose and channel.", "consent.twice");
        }
        if (problems.Any)
            return problems;
        await consents.Keep(input.PersonId, answers.Values, source, comment.Length == 0 ? null : comment, ct);
        return Done.It;
    }
}

/// <summary>All that a person ever answered, newest first.</summary>
internal sealed class GetConsents(AppDb db, CurrentActor actor, Platform.Audit.IAuditTrail audit, PeopleInSight sight) : IUse<GetConsents.Input, GetConsents.Found>
{
    public sealed record Input(long Id);

    /// <param name="PersonId">Of one who was merged, the survivor.</param>
    /// <param name="Conflicts">Answers that cannot all be meant; empty when there is nothing odd.</param>
    public sealed record Found(long PersonId, IReadOnlyList<Line> Consents, IReadOnlyList<Conflict> Conflicts);

    /// <param name="SupersededAt">Null for the answer in force.</param>
    public sealed record Line(ConsentPurpose Purpose, ConsentChannel Channel, ConsentAnswer Answer, ConsentSource Source, string? Comment, DateTime SinceAt, string RecordedBy, DateTime? SupersededAt);

    /// <param name="Kind"><c>Preferred</c>: the preferred channel is refused for every purpose. <c>Shared</c>: someone with the same number or address answered otherwise.</param>
    public sealed record Conflict(string Kind, long? OtherPersonId, ConsentPurpose? Purpose, ConsentChannel Channel);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.SurvivorOf(input.Id, ct) is not { } person)
            return Problem.NotFound("The person");
        input = new(person);
        await sight.RequireOpen(input.Id, ct);
        var masking = await sight.Masking(input.Id, ct);
        var lines = await db.Set<Consent>().AsNoTracking().Where(c => c.PersonId == input.Id).OrderByDescending(c => c.SinceAt).ThenByDescending(c => c.Id).Take(500)
            .Select(c => new Line(c.Purpose, c.Channel, c.Answer, c.Source, c.Comment, c.SinceAt, c.RecordedBy.Name, c.SupersededAt)).ToListAsync(ct);
        var conflicts = await db.Database.SqlQueryRaw<ConflictRow>(Conflicts, input.Id).ToListAsync(ct);
        var own = await sight.Own(ct);
        await audit.Looked(new RecordRef("person", input.Id), ct, "consents");
        return new Found(person, lines.ConvertAll(l => l with { Comment = masking.Text(l.Comment) }), [.. conflicts.Where(c => c.OtherId is not { } other || !own.Contains(other)).Select(c => new Conflict(
            c.Kind, c.OtherId, c.Purpose is null ? null : Enum.Parse<ConsentPurpose>(c.Purpose), Enum.Parse<ConsentChannel>(c.Channel)))]);
    }

    private static readonly string Conflicts = $$"""
        select distinct c.kind as kind, c.other_id as otherid, c.purpose as purpose, c.channel as channel from ({{ConsentConflict.Of("{0}")}}) c
        """;

    private sealed record ConflictRow(string Kind, long? OtherId, string? Purpose, string Channel);
}
