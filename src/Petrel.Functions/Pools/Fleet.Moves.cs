namespace Petrel.Functions.Pools;

/// <summary>The one place where an instance changes its state, and everything that counts instances with it.</summary>
internal sealed partial class Fleet
{
    private void Create(Slot slot, ref FleetEffects effects)
    {
        MemoryMb += slot.Pool.Spec.MemoryMb;
        Instances++;
        slot.Pool.Provisioned.Count += slot.Provisioned ? 1 : 0;
        Enter(slot, SlotState.Starting);
        effects.AddStart(slot);
    }

    private void TakePlace(Slot slot)
    {
        slot.InFlight++;
        slot.HasServed = true;
        Enter(slot, SlotState.Busy);
    }

    private static void LeavePlace(Slot slot)
    {
        slot.InFlight--;
        SetOpen(slot);
    }

    private void RemoveWhenEmpty(Slot slot, StopReason reason, ref FleetEffects effects)
    {
        slot.Leaves = reason;
        SetOpen(slot);
        if (slot.InFlight == 0)
        {
            Remove(slot, reason, ref effects);
        }
    }

    private void Remove(Slot slot, StopReason reason, ref FleetEffects effects)
    {
        slot.Pool.Provisioned.Count -= slot.Provisioned ? 1 : 0;
        Enter(slot, SlotState.Gone);
        MemoryMb -= slot.Pool.Spec.MemoryMb;
        Instances--;
        effects.AddStop(slot, reason);
        Forget(slot.Pool);
    }

    private void Enter(Slot slot, SlotState state)
    {
        if (slot.State != state)
        {
            Count(slot, slot.State, -1);
            slot.State = state;
            Count(slot, state, +1);
        }

        SetOpen(slot);
    }

    private void Count(Slot slot, SlotState state, int by)
    {
        var pool = slot.Pool;
        switch (state)
        {
            case SlotState.Starting:
                Starting += by;
                pool.Starting += by;
                _ = by > 0 ? _computing.AddLast(slot) is not null : _computing.Remove(slot);
                break;
            case SlotState.Busy:
                pool.Busy += by;
                break;
            case SlotState.Idle when by > 0:
                (slot.Provisioned ? pool.IdleProvisioned : pool.Idle).Add(slot);
                _idle.Add(slot);
                break;
            case SlotState.Idle:
                (slot.Provisioned ? pool.IdleProvisioned : pool.Idle).Remove(slot);
                _idle.Remove(slot);
                break;
        }

        if (state is SlotState.Starting or SlotState.Busy)
        {
            pool.Function.UsedMb += by * pool.Spec.MemoryMb;
            pool.Account.UsedMb += by * pool.Spec.MemoryMb;
        }

        if (state is SlotState.Idle or SlotState.Busy && slot.Provisioned)
        {
            pool.Provisioned.Ready += by;
        }
    }

    /// <summary>Busy ones with room are found by the next invocation. There are none where an instance runs one at a time.</summary>
    private static void SetOpen(Slot slot)
    {
        if (slot.Pool.Spec.InstanceConcurrency == 1)
        {
            return;
        }

        var open = slot.Pool.Open;
        var belongs = slot is { State: SlotState.Busy, HasRoom: true, InFlight: > 0 };
        if (belongs != open.Contains(slot))
        {
            if (belongs)
            {
                open.Add(slot);
            }
            else
            {
                open.Remove(slot);
            }
        }
    }
}
