using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Notes;

/// <summary>Writes a note on a person, an account or a premise, for some readers and, if wanted, until a day.</summary>
internal sealed class AddNote(AppDb db, CurrentActor actor, IUtilityClock clock, RecordsInSight records) : IUse<AddNote.Input, AddNote.Added>
{
    public const int MaxLength = 10_000;

    /// <summary>Exactly one of the three ids.</summary>
    /// <param name="ExpiresOn">The last day on which it is shown.</param>
    public sealed record Input(long? PersonId, long? AccountId, long? PremiseId, string? Body, NoteAudience? Audience = null, DateOnly? ExpiresOn = null);

    public sealed record Added(long Id);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Write(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Write(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var body = problems.Lines(nameof(Input.Body), "Note", input.Body, MaxLength);
        var audience = problems.Choice(nameof(Input.Audience), "Readers", (NoteAudience?)(input.Audience ?? NoteAudience.Everyone));
        problems.Day(nameof(Input.ExpiresOn), input.ExpiresOn);
        if (input.ExpiresOn < await clock.Today(ct))
            problems.Add(nameof(Input.ExpiresOn), "This day is over: nobody would ever see the note.", "date.past");
        var subject = await Subject(problems, input, ct);
        if (problems.Any)
            return problems;
        if (input.PersonId is { } person)
            await records.OwnWordsAbout(person, ct);
        if (input.AccountId is { } account)
            await records.OwnWordsAboutAccount(account, ct);

        var note = new Note(db.NextId(), subject, body, audience, input.ExpiresOn, actor.Actor.Ref, db.Now);
        db.Add(note);
        await db.SaveChangesAsync(ct);
        return new Added(note.Id);
    }

    private async Task<RecordRef> Subject(Problems problems, Input input, CancellationToken ct)
    {
        if (new[] { input.PersonId, input.AccountId, input.PremiseId }.Count(id => id is not null) != 1)
            problems.Add(null, "A note is about one person, one account or one premise.", "note.subject");
        else if (input.PersonId is { } person)
        {
            if (await db.Shared("person", person, ct) is { } survivor)
                return new("person", survivor);
            problems.Add(nameof(Input.PersonId), "This person is not known.", "person.unknown");
        }
        else if (input.AccountId is { } account && !await db.Set<Account>().AnyAsync(a => a.Id == account, ct))
            problems.Add(nameof(Input.AccountId), "This account is not known.", "account.unknown");
        else if (input.PremiseId is { } premise)
        {
            if (await db.Shared("premise", premise, ct) is { } survivor)
                return new("premise", survivor);
            problems.Add(nameof(Input.PremiseId), "This premise is not known.", "premise.unknown");
        }
        return new("account", input.AccountId ?? 0);
    }
}
