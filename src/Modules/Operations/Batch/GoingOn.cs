using Tieline.Platform.Batch;

namespace Tieline.Operations.Batch;

/// <summary>What going on with a failed run would do: nothing is done twice, but not every failure mends by it.</summary>
/// <param name="Helps">It may get further than before.</param>
/// <param name="Before">What is to be done before; empty when nothing is.</param>
internal sealed record GoingOn(bool Helps, string Title, string Before)
{
    /// <summary>In one sentence.</summary>
    public string Short => Before.Length == 0 ? $"{Title}." : Before;

    /// <param name="known">This release knows its process.</param>
    public static GoingOn Of(BatchRunLine run, bool known) =>
        !known ? new(false, "Going on does not help", "This release does not know its process: it can go on once one runs here that does.")
        : run.Errors > run.MaxErrors ? new(true, "Mend the records first", "Going on tries the records in error again: mend them first, or it fails again.")
        : new(true, "It is safe to go on", "");
}
