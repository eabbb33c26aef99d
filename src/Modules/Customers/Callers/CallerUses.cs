using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>The caller has gone: the customer is masked again for this employee.</summary>
internal sealed class EndCaller(AppDb db, CurrentActor actor, PeopleInSight sight, KnownCallers callers) : IUse<EndCaller.Input, Done>
{
    public sealed record Input(long PersonId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Verify);
        var survivor = db.Set<Person>().SurvivorOf(input.PersonId);
        foreach (var caller in await callers.Live().Where(c => c.EmployeeId == sight.Me && survivor.Contains(c.PersonId)).ToListAsync(ct))
            caller.End(db.Now);
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return Done.It;
    }
}

/// <summary>Who is calling about a customer now, by this employee's word, and what failed lately. Three SELECTs.</summary>
internal sealed class GetCaller(AppDb db, CurrentActor actor, PeopleInSight sight, KnownCallers callers) : IUse<GetCaller.Input, GetCaller.Found>
{
    private const int FailedHours = 24;

    public sealed record Input(long PersonId);

    /// <param name="Who">Who speaks for the customer, with what they may do and until when; null when the customer does.</param>
    public sealed record Live(long Id, CallerCapacity Capacity, bool Relay, bool Interpreter, string Shown, string? Interaction, DateTime At, DateTime UntilAt, string? Who);

    /// <param name="Failed">Tries that failed in the last 24 hours, whoever took them.</param>
    public sealed record Found(SightLevel Sight, Live? Caller, int Failed, DateTime? LastFailedAt);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.SurvivorOf(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        input = new(person);
        if (await sight.Of(input.PersonId, ct) is var level && level == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        var live = await callers.Speaking(input.PersonId, ct);
        var since = db.Now.AddHours(-FailedHours);
        var failed = await db.Set<CallerTry>().Where(t => t.PersonId == input.PersonId && !t.Convinced && t.At > since).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Last = g.Max(t => t.At) }).FirstOrDefaultAsync(ct);
        return new Found(
            level, live is null ? null : new Live(live.Id, live.As.Capacity, live.Relay, live.Interpreter, live.Shown, live.Interaction?.ToString(), live.At, live.UntilAt, await callers.Words(live, ct)),
            failed?.Count ?? 0, failed?.Last);
    }
}

/// <summary>What can be asked of somebody who calls about a customer. No held value is among it, but a number that is about to be called back.</summary>
internal sealed class GetCallerQuestions(
    AppDb db, CurrentActor actor, PeopleInSight sight, HeldAnswers held, Speakers speakers, ReferenceCache<KnownQuestions> questions, ISettings settings, IUtilityClock clock, IAuditTrail audit, CallerTries tries)
    : IUse<GetCallerQuestions.Input, GetCallerQuestions.Found>
{
    /// <param name="Speaker">Who speaks, by the <c>key</c> of the list that this answers; the customer when left out.</param>
    /// <param name="ShowPhoneId">The number that is called back now is shown in full, and that is kept.</param>
    public sealed record Input(long PersonId, string? Speaker = null, long? ShowPhoneId = null);

    public sealed record Question(string Code, string Text);

    /// <param name="Number">Masked unless the actor sees the customer, or is about to call it.</param>
    public sealed record Phone(long Id, string Kind, string Number, bool Shown);

    /// <param name="NoMore">Why no try is taken now; null when one is.</param>
    /// <param name="Died">Why nobody is asked as the customer any more; null while they live.</param>
    public sealed record Found(
        string Name, int Needed, IReadOnlyList<Question> Questions, bool Passphrase, IReadOnlyList<Phone> Phones, IReadOnlyList<Speaker> Speakers, string? NoMore, ReportedDeath? Died);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Verify);
        var survivor = db.Set<Person>().SurvivorOf(input.PersonId);
        if (await db.Set<Person>().Where(p => survivor.Contains(p.Id)).Select(p => new { p.Id, Name = p.DisplayName }).SingleOrDefaultAsync(ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { PersonId = person.Id };
        if (await sight.Of(input.PersonId, ct) == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        var others = await speakers.Of(input.PersonId, ct);
        var died = await ReportedDeath.Of(db, input.PersonId, ct);
        if (died is not null && others.All(s => s.Key != input.Speaker))
            return new Found(person.Name, 0, [], false, [], others, null, died);
        var speaker = others.FirstOrDefault(s => s.Key == input.Speaker)?.PersonId ?? input.PersonId;
        var tests = await held.Of(speaker, ct);
        var today = await clock.Today(ct);
        var asked = (await questions.Get(ct)).All.Where(q => q.Checks != HeldValue.Passphrase && q.IsInForce(today) && tests.ContainsKey(q.Checks)).Select(q => new Question(q.Code, q.Text));
        return new Found(
            person.Name, await settings.Get(SightSettings.RightAnswers, ct), [.. asked], tests.ContainsKey(HeldValue.Passphrase), await Phones(speaker, input.ShowPhoneId, ct), others,
            (await tries.Of(input.PersonId, ct)).AgainAt is { } again ? await tries.Words(again, ct) : null, died);
    }

    private async Task<IReadOnlyList<Phone>> Phones(long personId, long? shown, CancellationToken ct)
    {
        var masking = await sight.Masking(personId, ct);
        var country = await settings.Get(HouseSettings.Country, ct);
        var phones = await db.Set<PersonPhone>().AsNoTracking().Where(p => p.PersonId == personId).OrderByDescending(p => p.IsPrimary).ThenBy(p => p.Id)
            .Select(p => new { p.Id, p.Kind, p.E164, p.Extension }).ToListAsync(ct);
        // First the look: what could not be kept is not shown.
        if (shown is { } chosen && masking.Hides(MaskedValues.Phones) && phones.Find(p => p.Id == chosen) is { } dialled)
        {
            if (sight.Me is { } me)
                db.Add(new NumberShown(db.NextId(), me, personId, dialled.E164, db.Now));
            await db.SaveChangesAsync(ct);
            await audit.Looked(new RecordRef("person", personId), ct, $"the number of phone {chosen}, to call back");
        }
        return phones.ConvertAll(p =>
        {
            var number = new PhoneNumber(p.E164, p.Extension).Display(country);
            return new Phone(p.Id, p.Kind.ToString(), p.Id == shown ? number : masking.Phone(number), p.Id == shown || !masking.Hides(MaskedValues.Phones));
        });
    }
}

/// <summary>Sets, changes or takes away the word by which a customer shows who they are. Only its hash is kept.</summary>
internal sealed class SetPassphrase(PersonChange people) : IUse<SetPassphrase.Input, Done>
{
    private const int Shortest = 6;
    private const int Longest = 100;

    /// <param name="Passphrase">Letters and digits count, and nothing else; empty takes it away.</param>
    [NotRemembered("a secret word")]
    public sealed record Input(long PersonId, int Version, string? Passphrase);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            var word = problems.Text(nameof(Input.Passphrase), "Passphrase", input.Passphrase, Longest, required: false);
            if (word.Length > 0 && HeldAnswers.Spoken(word).Length < Shortest)
                problems.Add(nameof(Input.Passphrase), $"A passphrase has at least {Shortest} letters and digits.", "passphrase.short");
            if (!problems.Any)
                person.UsePassphrase(word.Length == 0 ? null : HeldAnswers.Hash(person, word));
        }, ct, Authorisations.AuthorisationScope.Everything);
}
