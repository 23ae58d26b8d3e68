/** Calls once when the element comes near the part of the page that is seen. */
export const near = (then: () => void) => (element: Element) => {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      then();
    },
    { rootMargin: '600px 0px' },
  );
  observer.observe(element);
  return () => observer.disconnect();
};
