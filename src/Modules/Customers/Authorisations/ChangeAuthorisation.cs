using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

/// <summary>Another end, account or extent of an authorisation that was not revoked. Who may act does not change: that is another one.</summary>
internal sealed class ChangeAuthorisation(AppDb db, CurrentActor actor, IUtilityClock clock, ITimeline timeline, IEvents events, RecordsInSight records) : IUse<ChangeAuthorisation.Input, Done>
{
    public sealed record Input(
        long PersonId, long AuthorisationId, int Version, IReadOnlyList<AuthorisationScope>? Scopes, DateOnly? ToOn, long? AccountId = null, string? Comment = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Authorisation>().SingleOrDefaultAsync(a => a.Id == input.AuthorisationId && a.PersonId == input.PersonId, ct) is not { } authorisation)
            return Problem.NotFound("The authorisation");
        if (await records.Seen(input.PersonId, AuthorisationScope.Everything, ct) is { } unseen)
            return unseen;
        await records.Beside(authorisation.OtherPersonId, ct);
        var problems = new Problems();
        if (authorisation.RevokedAt is not null)
            problems.Add(null, "This authorisation was revoked: give a new one.", "authorisation.revoked");
        var scopes = problems.Scopes(nameof(Input.Scopes), input.Scopes);
        var to = problems.End(nameof(Input.ToOn), input.ToOn, authorisation.FromOn, await clock.Today(ct));
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, AuthorisationInputs.MaxComment, required: false);
        if (input.AccountId != authorisation.AccountId)
            await problems.Account(nameof(Input.AccountId), db, input.PersonId, input.AccountId, ct);
        if (problems.Any)
            return problems;

        db.Expect(authorisation, input.Version);
        var before = authorisation.EndId;
        authorisation.Say(scopes, input.AccountId, to, comment.Length == 0 ? null : comment, db.NextId());
        var who = await authorisation.WhoMayAct(db, ct);
        timeline.Tell(
            new RecordRef("authorisation", authorisation.Id), "person", db.Now, $"{who} may act: {AuthorisationWords.Of(authorisation.Scopes)}, until {to:d MMM yyyy}", authorisation.Comment,
            false, input.PersonId, input.AccountId, null);
        if (before != authorisation.EndId)
            await events.Publish(new AuthorisationEndSettled(authorisation.Id, before, to), ct, authorisation.AuditSubject);
        await events.Publish(new PersonChanged(input.PersonId, ["authorisation"]), ct, authorisation.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
