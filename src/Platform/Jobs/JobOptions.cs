using System.Globalization;

namespace Tieline.Platform.Jobs;

/// <param name="Slots">Jobs run at once by this node; of more than one, one is kept free of what may go on for hours.</param>
/// <param name="Lease">How long a claimed job is this node's without a heartbeat.</param>
/// <param name="LongestSleep">How long a free slot waits before it looks for due jobs again.</param>
/// <param name="OutsideSlots">Beside <paramref name="Slots"/>: jobs at once that wait for somebody outside the house.</param>
public sealed record JobOptions(int Slots = JobOptions.UsualSlots, TimeSpan? Lease = null, TimeSpan? LongestSleep = null, int OutsideSlots = 4)
{
    public const int UsualSlots = 3;
    public const string SlotsVariable = "TIELINE_JOB_SLOTS";
    public const string OutsideSlotsVariable = "TIELINE_OUTSIDE_SLOTS";
    public const string LeaseVariable = "TIELINE_JOB_LEASE_SECONDS";

    public TimeSpan LeaseTime => Lease ?? TimeSpan.FromSeconds(60);
    public TimeSpan Sleep => LongestSleep ?? TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidOperationException">A variable is set to something that is no number in its range.</exception>
    public static JobOptions FromEnvironment() =>
        new(Number(SlotsVariable, 1, 64) ?? UsualSlots, Number(LeaseVariable, 1, 3600) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            OutsideSlots: Number(OutsideSlotsVariable, 1, 64) ?? 4);

    private static int? Number(string variable, int least, int most) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new InvalidOperationException($"{variable} must be a number from {least} to {most}, not '{text}'.");
}
