using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>Adding or changing a premise for a page: places that look alike are kept, so that the page can show them with links.</summary>
/// <param name="place">Where the input says the premise is.</param>
/// <param name="but">The premise that is being changed.</param>
internal sealed class AskingPremise<TInput, TResult>(IUse<TInput, TResult> use, FindLikelyPremises likely, Func<TInput, PremiseInput> place, long? but = null) : IUse<TInput, TResult>
{
    public IReadOnlyList<FindLikelyPremises.Likely> Alike { get; private set; } = [];

    /// <summary>Address of the page, address of the place, nothing, reason, whether it is the same.</summary>
    public IEnumerable<(string Href, string Name, string Facts, string Reason, bool Strong)> Lines =>
        Alike.Select(p => ($"/premises/{p.Id}", p.Address, "", p.Reason, p.Score == 100));

    public async Task<Outcome<TResult>> Handle(TInput input, CancellationToken ct)
    {
        var outcome = await use.Handle(input, ct);
        if (!outcome.Ok && outcome.Problems[0].Rule == AddPremise.LikelyRule)
            Alike = await likely.Among(place(input).Read(new Problems()).Parts, but, ct);
        return outcome;
    }
}
