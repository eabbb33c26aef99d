using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

/// <summary>A person lets somebody act for them: another person on record, or an outsider by name.</summary>
internal sealed class GiveAuthorisation(
    AppDb db, CurrentActor actor, IUtilityClock clock, ISettings settings, ITimeline timeline, IEvents events, Attachments attachments, RecordsInSight records, PeopleInSight sight)
    : IUse<GiveAuthorisation.Input, Added>
{
    /// <param name="PersonId">For whom somebody may act.</param>
    /// <param name="FromOn">Today when left out.</param>
    /// <param name="ToOn">The last day.</param>
    /// <param name="OtherPersonId">Who may act, if they are on record; otherwise <paramref name="Name"/>.</param>
    /// <param name="AccountId">Null for all accounts.</param>
    public sealed record Input(
        long PersonId, IReadOnlyList<AuthorisationScope>? Scopes, AuthorisationForm? Given, DateOnly? ToOn, DateOnly? FromOn = null, long? OtherPersonId = null,
        string? Name = null, string? Organisation = null, string? Phone = null, long? AccountId = null, string? Comment = null, IReadOnlyList<Attachment>? Files = null);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct) => Handle(input, papersSeen: false, ct);

    /// <summary>To an executor by name, whose papers an employee has seen: whoever brings them need not know what the customer knew.</summary>
    public Task<Outcome<Added>> OnPapers(Input input, CancellationToken ct) => Handle(input, papersSeen: true, ct);

    private Task<Outcome<Added>> Handle(Input input, bool papersSeen, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(async () => await Give(input with
        {
            // Of those who were merged, the survivors; nobody else is merged before it is stored.
            PersonId = await db.Shared("person", input.PersonId, ct) ?? input.PersonId,
            OtherPersonId = input.OtherPersonId is { } other ? await db.Shared("person", other, ct) ?? other : null,
        }, papersSeen, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Give(Input input, bool papersSeen, CancellationToken ct)
    {
        if (!await db.Set<Person>().AnyAsync(p => p.Id == input.PersonId, ct))
            return Problem.NotFound("The person");
        // Who is on record would show who they are by what is on record of them: that needs more than papers.
        if (papersSeen && input.OtherPersonId is null)
            await records.PapersSeenFor(input.PersonId, ct);
        else if (await records.Seen(input.PersonId, AuthorisationScope.Everything, ct) is { } unseen)
            return unseen;
        await sight.RequireOpen(input.OtherPersonId, ct);
        await records.Beside(input.OtherPersonId, ct);
        var problems = new Problems();
        var today = await clock.Today(ct);
        var scopes = problems.Scopes(nameof(Input.Scopes), input.Scopes);
        var given = problems.Choice(nameof(Input.Given), "How it was given", input.Given);
        var from = input.FromOn ?? today;
        problems.Day(nameof(Input.FromOn), input.FromOn);
        var to = problems.End(nameof(Input.ToOn), input.ToOn, from, today);
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, AuthorisationInputs.MaxComment, required: false);
        var (name, organisation, phone) = await Other(problems, input, ct);
        await problems.Account(nameof(Input.AccountId), db, input.PersonId, input.AccountId, ct);
        Attachments.Check(input.Files, problems);
        if (problems.Any)
            return problems;

        var authorisation = new Authorisation
        {
            Id = db.NextId(), PersonId = input.PersonId, OtherPersonId = input.OtherPersonId, Name = name, Organisation = OrNull(organisation), Phone = phone, Given = given,
            FromOn = from, CreatedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
        authorisation.Say(scopes, input.AccountId, to, OrNull(comment), db.NextId());
        db.Add(authorisation);
        await attachments.Add(new RecordRef("authorisation", authorisation.Id), input.Files, ct);
        var who = await authorisation.WhoMayAct(db, ct);
        timeline.Tell(
            new RecordRef("authorisation", authorisation.Id), "person", db.Now, $"{who} may act: {AuthorisationWords.Of(authorisation.Scopes)}, until {to:d MMM yyyy}", authorisation.Comment, false,
            input.PersonId, input.AccountId, null);
        await events.Publish(new AuthorisationGiven(authorisation.Id, input.PersonId, input.OtherPersonId, input.AccountId, from, to), ct, authorisation.AuditSubject);
        await events.Publish(new PersonChanged(input.PersonId, ["authorisation"]), ct, authorisation.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Added(authorisation.Id);
    }

    private async Task<(string Name, string Organisation, string? Phone)> Other(Problems problems, Input input, CancellationToken ct)
    {
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 200, required: input.OtherPersonId is null);
        var organisation = problems.Text(nameof(Input.Organisation), "Organisation", input.Organisation, 200, required: false);
        var phone = string.IsNullOrWhiteSpace(input.Phone) ? null : problems.Phone(nameof(Input.Phone), input.Phone, await settings.Get(HouseSettings.Country, ct));
        if (input.OtherPersonId is not { } id)
            return (name, organisation, phone?.E164);
        if (name.Length + organisation.Length > 0 || phone is not null)
            problems.Add(nameof(Input.Name), "Either someone on record or someone by name, not both.", "authorisation.who");
        else if (id == input.PersonId)
            problems.Add(nameof(Input.OtherPersonId), "Nobody needs leave to act for themselves.", "authorisation.self");
        else if (await db.Set<Person>().Where(p => p.Id == id).Select(p => p.DisplayName).SingleOrDefaultAsync(ct) is { } known)
            return (known, "", null);
        else
            problems.Add(nameof(Input.OtherPersonId), "This person is not known.", "person.unknown");
        return ("", "", null);
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
