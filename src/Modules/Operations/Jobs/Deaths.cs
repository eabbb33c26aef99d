using Tieline.Operations.OnCall;
using Tieline.Platform.Jobs;

namespace Tieline.Operations.Jobs;

/// <summary>Which deaths of jobs are told, and how.</summary>
internal static class Deaths
{
    private const string BatchRun = "batch.run";

    /// <summary>A To Do. Not of a thread of a run, which fails its run and so has a To Do of its own; nor of what writes these To Dos, which would never end: that stays among the dead jobs.</summary>
    public static bool AreWork(JobDied died) => died.Kind != BatchRun && died.Kind != $"event:{DeadJobToDo.Subscriber}";

    /// <summary>A notice as well. Not of what raises these notices: two who tell of each other would never end either.</summary>
    public static bool Call(JobDied died) => AreWork(died) && died.Kind != $"event:{DeadJobNotice.Subscriber}";
}
