using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>
/// Keeps who is calling about a customer and how it was made sure: by right answers, by the passphrase, or by calling back a number
/// on record. From then on the customer is open to the employee. A try that fails is kept; after some of them a supervisor hears of it
/// and no more are taken for a while.
/// </summary>
internal sealed class VerifyCaller(
    AppDb db, CurrentActor actor, PeopleInSight sight, KnownCallers callers, HeldAnswers held, Speakers speakers, CallerTries counted, ReferenceCache<KnownQuestions> questions, ISettings settings, IUtilityClock clock, IEvents events, CallOfEmployee calls)
    : IUse<VerifyCaller.Input, VerifyCaller.Verified>
{
    public const string FailedRule = "caller.failed";
    public const string TooManyRule = "caller.too_many_tries";
    public const string DiedRule = "caller.died";
    public const string NewRule = "caller.put_on_record_now";

    /// <param name="As">Who is calling, to the customer.</param>
    /// <param name="SpeakerId">The person who speaks, unless it is the customer.</param>
    /// <param name="AuthorisationId">By which they speak; needed of an outsider, and where there is more than one.</param>
    /// <param name="Interaction">The employee's own call, visit or chat, such as <c>interaction:12</c>; the one in progress when left out.</param>
    /// <param name="Relay">A relay operator repeats what the caller says: no third party.</param>
    /// <param name="Interpreter">An interpreter helps: no third party.</param>
    /// <param name="Answers">Question code to what the caller said.</param>
    /// <param name="Passphrase">As the caller said it; goes before answers.</param>
    /// <param name="CallBackPhoneId">The number on record that was called; goes before all others.</param>
    /// <param name="CallBackConfirmed">The customer answered there.</param>
    [NotRemembered("what a caller says to show who they are")]
    public sealed record Input(
        long PersonId, CallerCapacity? As = null, long? SpeakerId = null, long? AccountId = null, string? Interaction = null, bool Relay = false, bool Interpreter = false,
        IReadOnlyDictionary<string, string>? Answers = null, string? Passphrase = null, long? CallBackPhoneId = null, bool CallBackConfirmed = false, long? AuthorisationId = null);

    public sealed record Verified(long Id, CallerCapacity Capacity, string Shown, DateTime UntilAt);

    public async Task<Outcome<Verified>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Verify);
        if (sight.Me is not { } me)
            return new Problem(null, "Only someone who speaks with the caller can make sure who it is.", "caller.no_employee");
        if (await db.SurvivorOf(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { PersonId = person };
        await sight.RequireOpen(input.PersonId, ct);
        var problems = new Problems();
        var capacity = problems.Choice(nameof(Input.As), "Who is calling", input.As);
        RecordRef? interaction = string.IsNullOrWhiteSpace(input.Interaction) ? null : RecordRef.TryParse(input.Interaction, out var during) && input.Interaction.Length <= 60 ? during : null;
        if (interaction is null && !string.IsNullOrWhiteSpace(input.Interaction))
            problems.Add(nameof(Input.Interaction), "This is no interaction.", "caller.interaction");
        // Said or not: with the call that is in progress it ends.
        interaction ??= await calls.Current(ct);
        var other = capacity is not (CallerCapacity.Customer or CallerCapacity.Unverified);
        var possible = !problems.Any && other ? (await speakers.Of(input.PersonId, ct)).Where(s => s.Capacity == capacity
            && (input.AuthorisationId is { } by ? s.AuthorisationId == by : s.PersonId == input.SpeakerId)).ToArray() : [];
        // By right, or by the one authorisation there is.
        var speaker = possible.FirstOrDefault(s => s.AuthorisationId is null || possible.Length == 1 || input.AuthorisationId is not null);
        if (!problems.Any && other && speaker is null)
            problems.Add(possible.Length > 0 ? nameof(Input.AuthorisationId) : nameof(Input.As), possible.Length > 0 ? "There are several authorisations: say by which they speak." : Missing(capacity), "caller.not_on_record");
        if (problems.Any)
            return problems;
        return await db.InTransaction(() => Try(input, me, interaction, capacity, speaker, ct), ct);
    }

    private async Task<Outcome<Verified>> Try(Input input, long me, RecordRef? interaction, CallerCapacity capacity, Speaker? speaker, CancellationToken ct)
    {
        // Whoever tries at the same moment waits: tries are counted.
        await db.Hold("person", [input.PersonId], ct);
        if (await db.SurvivorOf(input.PersonId, ct) != input.PersonId)
            return Problem.Conflict("This person was merged into another one in this moment: open that one.");
        if (interaction is { } call && !await calls.IsMine(call, ct))
            return new Problem(nameof(Input.Interaction), "This call is not the one in hand: it is parked, is a colleague's, or has ended. Go on with it first.", "caller.interaction");
        if (interaction is null)
        {
            await callers.HoldHandOf(me, ct);
            if (await calls.Current(ct) is not null)
                return new Problem(nameof(Input.Interaction), "You have taken a call in this moment: nobody is verified in it yet. Say again who is calling.", "caller.interaction");
        }
        if (capacity == CallerCapacity.Unverified)
            return await Keep(input, me, interaction, capacity, null, CallerWay.None, "not verified", ct);
        // Nothing is compared: a relative knows the birthday, too.
        if (capacity == CallerCapacity.Customer && await ReportedDeath.Of(db, input.PersonId, ct) is { } death)
            return new Problem(null, death.Words, DiedRule);
        var (tries, most, again) = await counted.Of(input.PersonId, ct);
        if (again is { } at)
            return new Problem(null, await counted.Words(at, ct), TooManyRule);
        var began = await Began(interaction, ct);
        if (speaker is not null && await speakers.IsNew(speaker, began, ct))
            return new Problem(null, $"{speaker.Name} was put on record in this call: that is no proof of who is calling. Verify the customer, or let them call again.", NewRule);
        var shown = await Shown(input, speaker?.PersonId ?? input.PersonId, me, began, ct);
        if (shown.Problem is { } incomplete)
            return incomplete;
        if (!shown.Convinces || shown.Wrong.Length > 0)
            db.Add(new CallerTry(db.NextId(), me, interaction, input.PersonId, shown.Way, shown.Asked, shown.Right, shown.Wrong, shown.Convinces, db.Now));
        if (shown.Convinces)
            return await Keep(input, me, interaction, capacity, speaker, shown.Way, shown.Words, ct);
        if (tries + 1 == most)
            await events.Publish(new VerificationFailed(input.PersonId, me, actor.Actor.Name, tries + 1), ct, new RecordRef("person", input.PersonId));
        await db.SaveChangesAsync(ct);
        return new Problem(null, tries + 1 == most ? "That does not agree with what is on record. A supervisor is told; no more tries are taken for now." : "That does not agree with what is on record. The try is kept.", FailedRule);
    }

    /// <summary>The call; without one, as long as a caller would stay verified.</summary>
    private async Task<DateTime> Began(RecordRef? interaction, CancellationToken ct) =>
        (interaction is { } call ? await calls.BeganAt(call, ct) : null) ?? db.Now.AddMinutes(-await settings.Get(SightSettings.CallerMinutes, ct));

    /// <param name="Words">What convinced.</param>
    /// <param name="Asked">Codes of the questions, and which of them were answered wrongly.</param>
    private sealed record Convincing(CallerWay Way, bool Convinces, string Words = "", string Asked = "", int Right = 0, string Wrong = "", Problem? Problem = null);

    /// <param name="began">The call.</param>
    private async Task<Convincing> Shown(Input input, long speaker, long me, DateTime began, CancellationToken ct)
    {
        if (input.CallBackPhoneId is { } phone)
        {
            return !await db.Set<PersonPhone>().AnyAsync(p => p.Id == phone && p.PersonId == speaker, ct) ? Incomplete(nameof(Input.CallBackPhoneId), "This number is not on record.")
                : input.CallBackConfirmed ? new Convincing(CallerWay.CallBack, true, "call-back to a number on record")
                : Incomplete(nameof(Input.CallBackConfirmed), "Call the number first, and confirm that the customer answered there.");
        }
        var tests = await held.Of(speaker, ct);
        if (TypedText.OneLineOrNull(input.Passphrase, 200) is { } passphrase)
        {
            return !tests.TryGetValue(HeldValue.Passphrase, out var test) ? Incomplete(nameof(Input.Passphrase), "No passphrase is on record.")
                : new Convincing(CallerWay.Passphrase, test(passphrase), "passphrase", "passphrase");
        }
        var today = await clock.Today(ct);
        var asked = (await questions.Get(ct)).All.Where(q => q.IsInForce(today) && tests.ContainsKey(q.Checks))
            .Select(q => (Question: q, Said: TypedText.OneLineOrNull(input.Answers?.GetValueOrDefault(q.Code), 200))).Where(q => q.Said is not null).ToArray();
        if (await ReadOut(asked.Where(q => q.Question.Checks == HeldValue.Phone).Select(q => (q.Question.Code, q.Said!)), speaker, me, began, ct) is { } readOut)
            return readOut;
        var needed = await settings.Get(SightSettings.RightAnswers, ct);
        // Two questions that check the same, and two to which the answer is the same, are one answer.
        var right = asked.Where(q => tests[q.Question.Checks](q.Said!)).DistinctBy(q => q.Question.Checks).DistinctBy(q => HeldAnswers.Value(q.Question.Checks, q.Said!)).ToArray();
        if (asked.DistinctBy(q => q.Question.Checks).DistinctBy(q => HeldAnswers.Value(q.Question.Checks, q.Said!)).Count() < needed)
            return Incomplete(null, $"Ask {needed} questions at least, or verify in another way.");
        var wrong = asked.Where(q => !tests[q.Question.Checks](q.Said!)).DistinctBy(q => q.Question.Checks).ToArray();
        // Two that everybody knows beside three that were guessed convince nobody.
        return new Convincing(
            CallerWay.Questions, right.Length >= needed && wrong.Length <= right.Length,
            $"{(wrong.Length == 0 ? $"{right.Length} questions" : $"{right.Length} right, {wrong.Length} wrong ({Texts(wrong.Select(q => q.Question))})")}: {Texts(right.Select(q => q.Question))}",
            string.Join(' ', asked.Select(q => q.Question.Code)), right.Length, string.Join(' ', wrong.Select(q => q.Question.Code)));
    }

    private static string Texts(IEnumerable<VerificationQuestion> questions) => string.Join(", ", questions.Select(q => q.Text.ToLowerInvariant()));

    /// <summary>What was shown on the screen a moment ago proves nothing: whoever reads it there could have said it.</summary>
    private async Task<Convincing?> ReadOut(IEnumerable<(string Code, string Said)> numbers, long speaker, long me, DateTime began, CancellationToken ct)
    {
        if (!numbers.Any())
            return null;
        var lately = db.Now.AddMinutes(-await settings.Get(SightSettings.CallerMinutes, ct));
        var since = began < lately ? began : lately;
        var seen = await db.Set<NumberShown>().Where(n => n.EmployeeId == me && n.PersonId == speaker && n.At >= since).Select(n => n.E164).ToListAsync(ct);
        var country = await settings.Get(HouseSettings.Country, ct);
        return numbers.Where(n => PhoneNumber.TryParse(n.Said, country, out var said, out _) && seen.Contains(said.E164))
            .Select(n => Incomplete($"{nameof(Input.Answers)}[{n.Code}]", "You were shown this number to call it back: that somebody says it proves nothing now. Call it, or ask something else.")).FirstOrDefault();
    }

    private static Convincing Incomplete(string? field, string message) => new(CallerWay.None, false, Problem: new Problem(field, message, "caller.incomplete"));

    private async Task<Outcome<Verified>> Keep(
        Input input, long me, RecordRef? interaction, CallerCapacity capacity, Speaker? speaker, CallerWay way, string shown, CancellationToken ct)
    {
        var until = await callers.Until(interaction, ct);
        foreach (var before in await db.Set<Caller>().Where(c => c.EmployeeId == me && c.PersonId == input.PersonId && c.EndedAt == null && c.Interaction == interaction).ToListAsync(ct))
            before.End(db.Now);
        var person = speaker is { } who && who.PersonId != input.PersonId ? who.PersonId : (long?)null;
        var caller = new Caller(db.NextId(), me, interaction, input.PersonId, input.AccountId, person, speaker?.AuthorisationId, capacity, input.Relay, input.Interpreter, way, shown, db.Now, until);
        db.Add(caller);
        if (interaction is { } call && capacity != CallerCapacity.Unverified)
            await calls.Verified(call, input.PersonId, ct);
        await events.Publish(new CallerVerified(caller.Id, caller.PersonId, me, capacity.ToString()), ct, new RecordRef("person", caller.PersonId));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return new Verified(caller.Id, capacity, shown, caller.UntilAt);
    }

    private static string Missing(CallerCapacity capacity) => capacity switch
    {
        CallerCapacity.PersonOnAccount => "This person is not on an account of the customer.",
        CallerCapacity.Landlord => "No landlord of the customer is on record by this name.",
        _ => "No authorisation is in force for this person.",
    };
}
