using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Practice;

/// <summary>Answers the simulated caller: a call as any other, in which everything is recorded for good.</summary>
internal sealed class AnswerPracticeCall(AppDb db, PracticeDesk desk, StartInteraction start) : IUse<AnswerPracticeCall.Input, InteractionTaken>
{
    private const string Withheld = "Number withheld";

    public sealed record Input;

    public async Task<Outcome<InteractionTaken>> Handle(Input input, CancellationToken ct) =>
        await desk.Refuses(ct) is { } refused ? refused : await db.InTransaction(() => Answer(ct), ct, o => o.Ok);

    private async Task<Outcome<InteractionTaken>> Answer(CancellationToken ct)
    {
        if (await desk.Held(ct) is not { } call)
            return PracticeDesk.Nobody;
        // Answered in another window, or twice clicked.
        if (call.InteractionId is { } running)
            return await db.Set<Interaction>().Where(i => i.Id == running).Select(i => new InteractionTaken(i.Id, i.Reference, i.PersonId, null)).SingleAsync(ct);
        var taken = await start.Handle(new(NumberOrPlace: call.Number ?? Withheld), ct);
        if (!taken.Ok)
            return taken;
        call.Answer(taken.Value.Id, db.Now);
        await desk.Save(ct);
        return taken;
    }
}

/// <summary>Asks the simulated caller something, or lets them go on.</summary>
internal sealed class AskPracticeCaller(AppDb db, PracticeDesk desk) : IUse<AskPracticeCaller.Input, Done>
{
    private const int Most = 100;

    /// <param name="What"><see cref="Asking.More"/>, or the code of a question.</param>
    public sealed record Input(string? What);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        await desk.Refuses(ct) is { } refused ? refused : await db.InTransaction(() => Ask(input, ct), ct, o => o.Ok);

    private async Task<Outcome<Done>> Ask(Input input, CancellationToken ct)
    {
        if (await desk.Held(ct) is not { AnsweredAt: not null } call || Stories.Find(call.Story) is not { } story)
            return PracticeDesk.Nobody;
        if (input.What is not { } code || (code != Asking.More && Asking.Find(code) is null && story.Question(code) is null))
            return new Problem(nameof(Input.What), "Nobody can be asked this.", "practice.question");
        if (call.Asked.Count >= Most)
            return new Problem(null, "The caller has said all there is to say.", "practice.enough");
        call.Hear(code);
        await desk.Save(ct);
        return Done.It;
    }
}

/// <summary>The simulated caller goes from the screen: not answered, stopped, or looked at to the end. A call that runs stays in hand.</summary>
internal sealed class PutPracticeAway(AppDb db, PracticeDesk desk) : IUse<PutPracticeAway.Input, Done>
{
    public sealed record Input;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Refuses(ct) is { } refused)
            return refused;
        if (await desk.AtHand(ct) is not { } call)
            return Done.It;
        call.PutAway(db.Now);
        await desk.Save(ct);
        return Done.It;
    }
}
