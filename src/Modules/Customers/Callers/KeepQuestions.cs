using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>The questions by which callers show who they are, in their order.</summary>
internal sealed class ListQuestions(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListQuestions.Input, Page<QuestionRow>>
{
    /// <param name="Text">A part of code or question.</param>
    /// <param name="InForce">Only those that are (or are not) asked today.</param>
    public sealed record Input(string? Text = null, bool? Active = null, bool? InForce = null);

    public async Task<Outcome<Page<QuestionRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Questions);
        var today = await clock.Today(ct);
        var word = TypedText.OneLine(input.Text, 100);
        var all = (await db.Set<VerificationQuestion>().AsNoTracking().OrderBy(q => q.Position).ThenBy(q => q.Id).ToListAsync(ct))
            .Where(q => word.Length == 0 || q.Text.Contains(word, StringComparison.OrdinalIgnoreCase) || q.Code.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Where(q => (input.Active is null || q.Active == input.Active) && (input.InForce is null || q.IsInForce(today) == input.InForce));
        return new Page<QuestionRow>([.. all.Select(QuestionRow.Of)]);
    }
}

internal sealed record QuestionRow(long Id, string Code, string Text, HeldValue Checks, int Position, bool Active, DateOnly? FromOn, DateOnly? ToOn, int Version)
{
    public static QuestionRow Of(VerificationQuestion q) => new(q.Id, q.Code, q.Text, q.Checks, q.Position, q.Active, q.FromOn, q.ToOn, q.Version);
}

internal sealed class GetQuestion(AppDb db, CurrentActor actor) : IUse<GetQuestion.Input, QuestionRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<QuestionRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Questions);
        return await db.Set<VerificationQuestion>().AsNoTracking().SingleOrDefaultAsync(q => q.Id == input.Id, ct) is { } question
            ? QuestionRow.Of(question) : Problem.NotFound("The question");
    }
}

internal sealed class AddQuestion(AppDb db, CurrentActor actor, ReferenceCache<KnownQuestions> known) : IUse<AddQuestion.Input, Added>
{
    /// <param name="Checks">The held value with which the answer is compared.</param>
    /// <param name="Position">Smaller ones are asked first.</param>
    public sealed record Input(string? Code, string? Text, HeldValue? Checks, int? Position = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Questions);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var (text, checks) = QuestionFields.Read(problems, input.Text, input.Checks, input.Position, input.FromOn, input.ToOn);
        if (code.Length > 0 && await db.Set<VerificationQuestion>().AnyAsync(q => q.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is a question {code} already.", "code.taken");
        if (problems.Any)
            return problems;
        var question = new VerificationQuestion(db.NextId(), code, text, checks, input.Position ?? 100);
        question.Change(text, checks, input.Position ?? 100, active: true, input.FromOn, input.ToOn);
        db.Add(question);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return new Added(question.Id);
    }
}

internal sealed class ChangeQuestion(AppDb db, CurrentActor actor, ReferenceCache<KnownQuestions> known) : IUse<ChangeQuestion.Input, Done>
{
    /// <param name="Active">Only active questions are asked.</param>
    public sealed record Input(long Id, int Version, string? Text, HeldValue? Checks, int? Position, bool? Active, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Questions);
        if (await db.Set<VerificationQuestion>().SingleOrDefaultAsync(q => q.Id == input.Id, ct) is not { } question)
            return Problem.NotFound("The question");
        var problems = new Problems();
        var (text, checks) = QuestionFields.Read(problems, input.Text, input.Checks, input.Position, input.FromOn, input.ToOn);
        var active = problems.Said(nameof(Input.Active), "Active", input.Active);
        if (problems.Any)
            return problems;
        db.Expect(question, input.Version);
        question.Change(text, checks, input.Position ?? question.Position, active, input.FromOn, input.ToOn);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

internal static class QuestionFields
{
    public static (string Text, HeldValue Checks) Read(Problems problems, string? text, HeldValue? checks, int? position, DateOnly? from, DateOnly? to)
    {
        var read = (problems.Text("Text", "Question", text, 200), problems.Choice("Checks", "Compared with", checks));
        if (position is < 0 or > 10_000)
            problems.Add("Position", "The order is a number from 0 to 10,000.", "out_of_range");
        problems.Period("FromOn", from, "ToOn", to);
        return read;
    }
}
