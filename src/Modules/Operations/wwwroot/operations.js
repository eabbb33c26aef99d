// Where a part of the night is on screen, it is that around now; and it stays where the reader pushed it when the chart comes anew.
(() => {
  let pushed = null;

  Tieline.each('.night', night => {
    const chart = night.querySelector('svg');
    const names = night.querySelector('.night-names');
    const now = night.querySelector('.night-now');
    const scale = () => chart.viewBox.baseVal.width / chart.clientWidth;
    const placed = pushed ?? Math.max(0, now.x1.baseVal.value / scale() - night.clientWidth / 2);

    night.scrollLeft = placed;
    const follow = () => names.setAttribute('transform', `translate(${night.scrollLeft * scale()} 0)`);
    follow();
    night.addEventListener('scroll', () => {
      follow();
      if (Math.abs(night.scrollLeft - placed) > 1) pushed = night.scrollLeft;
    }, { passive: true });
  });
})();
